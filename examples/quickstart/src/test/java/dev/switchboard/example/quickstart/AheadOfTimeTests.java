package dev.switchboard.example.quickstart;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The program says the same where its beans were worked out by the build. */
class AheadOfTimeTests {

  @Test
  void aheadOfTimeChangesNothing() throws IOException, InterruptedException {
    String usual = run("-Dspring.aot.enabled=false");

    assertThat(usual).contains("retried:   And here is a haiku");
    assertThat(run("-Dspring.aot.enabled=true")).isEqualTo(usual);
  }

  /** Fails if the build has left out what the run above is to be about. */
  @Test
  void beansWereWorkedOut() {
    String generated =
        Quickstart.class.getName().replace('.', '/') + "__ApplicationContextInitializer.class";
    assertThat(Quickstart.class.getClassLoader().getResource(generated)).isNotNull();
  }

  private static String run(String... options) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(List.of(options));
    command.addAll(
        List.of("-cp", System.getProperty("java.class.path"), Quickstart.class.getName()));
    Process program = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(program.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(program.waitFor()).as(output).isZero();
    return output;
  }
}
