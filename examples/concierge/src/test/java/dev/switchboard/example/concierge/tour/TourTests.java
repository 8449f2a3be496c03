package dev.switchboard.example.concierge.tour;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.ConciergeApplication;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class TourTests {

  @Test
  void tourIsPlayedAndTheConciergeStaysUp(CapturedOutput output) {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(ConciergeApplication.class, "--server.port=0")) {
      assertThat(context.isRunning()).isTrue();
      assertThat(output.getOut())
          .containsPattern("ask marketing, twice each +\\| +6 of 6 +3 +0 +3 \\| +6 of 6 +3 +0 +3")
          .containsPattern("eight cold calls .* +\\| +8 of 8 +1 +0 +4 \\| +8 of 8")
          .containsPattern("four calls .* +\\| +4 of 4 +0 +4 +4 \\|")
          .containsPattern("marketing forgets.* +\\| +3 of 3 +3 +0 +4 \\| +0 of 3 +0")
          .containsPattern("research fails once +\\| +1 of 1 +1 +1 +5 \\| +0 of 1")
          .containsPattern("a tenant leaves +\\| +- +0 +0 +3 \\| +- +0 +0")
          .contains("8 opened = 3 live + 0 draining + 2 closed + 3 lost + 0 unclosed")
          .contains("curl");
      assertThat(output.getErr()).isEmpty();
    }
  }
}
