package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A published module can be used: its parent, where its versions stand, is published too. */
class PublicationTests {

  private static final List<String> OWN =
      List.of("examples/quickstart", "examples/concierge", "benchmarks");

  @Test
  void parentIsPublished() throws IOException {
    assertThat(isKept("")).isFalse();
  }

  @Test
  void allButExamplesAndBenchmarksArePublished() throws IOException {
    Stream<String> modules =
        Files.readAllLines(Documentation.ROOT.resolve("pom.xml")).stream()
            .filter(line -> line.contains("<module>"))
            .map(line -> line.replaceAll("</?module>", "").strip());
    assertThat(modules.toList())
        .containsAll(OWN)
        .allSatisfy(module -> assertThat(isKept(module)).isEqualTo(OWN.contains(module)));
  }

  @Test
  void licenseComesWithAModule() throws IOException {
    Path license = Path.of("target/classes/META-INF/LICENSE");
    assertThat(license).hasSameTextualContentAs(Documentation.ROOT.resolve("LICENSE"));
  }

  private static boolean isKept(String module) throws IOException {
    Path pom = Documentation.ROOT.resolve(module).resolve("pom.xml");
    return Files.readString(pom).contains("<maven.deploy.skip>true</maven.deploy.skip>");
  }
}
