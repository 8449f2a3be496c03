package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A wall clock that jumps changes nothing, since nothing asks it but where it must be. */
class WallClockTests {

  private static final Pattern ASKS =
      Pattern.compile(
          "currentTimeMillis|Clock\\.(?:system|tick)|new Date\\(|Calendar\\."
              + "|(?:Instant|LocalDate|LocalTime|LocalDateTime|ZonedDateTime|OffsetDateTime)\\.now");

  @Test
  void onlyWhatIsShownAsTimeAndDatesOfServersAskTheWallClock() throws IOException {
    List<String> found = new ArrayList<>();
    for (String module : List.of("core", "connectors", "redis", "autoconfigure")) {
      Path sources = Path.of("..", module, "src", "main", "java");
      try (Stream<Path> files = Files.walk(sources)) {
        for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
          if (ASKS.matcher(Files.readString(file)).find()) {
            found.add(String.valueOf(file.getFileName()));
          }
        }
      }
    }
    // When a session was opened, read once at startup; and what a Retry-After date is held against.
    assertThat(found)
        .containsExactlyInAnyOrder("SpecialistSessions.java", "RetryExecutorBuilder.java");
  }
}
