package dev.switchboard.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class QuickstartTests {

  @Test
  void sessionIsOpenedReusedAndReopenedAndTheFailedCallIsRetried(CapturedOutput output) {
    Quickstart.main(new String[0]);

    assertThat(output.getOut())
        .isEqualToNormalizingNewlines(
            """
                       (a session is opened)
            opened:    Hello, here is a sonnet
            reused:    And here is a ballad
                       (a session is opened)
            reopened:  Hello, here is an ode
            retried:   And here is a haiku
            """);
  }
}
