package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide names the messages that there are, and all of them. */
class TroubleshootingTests {

  private static final Path GUIDE = Documentation.GUIDES.resolve("troubleshooting.md");
  private static final String[] MODULES = {"core", "connectors", "redis", "autoconfigure"};
  private static final Pattern FIRST_CELL = Pattern.compile("(?m)^\\| (`.+?`) \\*? ?\\|");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** Places that begin a message, and what no application can bring about. */
  private static final Set<String> UNLISTED =
      Set.of(
          "@RequestId on parameter … of …",
          "a turn does not fail",
          "every Java platform has SHA-1",
          "every Java platform has SHA-256",
          "key part on parameter …",
          "the operation's policy",
          "this library's jar has no ….lua");

  @Test
  void messagesNamedOccurInTheSources() throws IOException {
    Set<String> sources = Messages.of(1, MODULES);
    assertThat(named())
        .hasSizeGreaterThan(50)
        .allMatch(message -> isPartOfOne(message, sources), "is said somewhere");
  }

  @Test
  void messagesOfTheSourcesAreNamed() throws IOException {
    List<String> named = named();
    assertThat(Messages.of(3, MODULES).stream().filter(message -> !UNLISTED.contains(message)))
        .hasSizeGreaterThan(50)
        .allMatch(message -> named.stream().anyMatch(message::contains), "is in the guide");
  }

  @Test
  void messageThatNobodySaysIsNoticed() throws IOException {
    Set<String> sources = Messages.of(1, MODULES);
    assertThat(isPartOfOne("the tenant of the parameter is not the one", sources)).isTrue();
    assertThat(isPartOfOne("the tenant of the parameter is another", sources)).isFalse();
  }

  private static boolean isPartOfOne(String message, Set<String> sources) {
    return sources.stream().anyMatch(source -> source.contains(message));
  }

  /** What stands as code in the first column of the guide's tables. */
  private static List<String> named() throws IOException {
    return FIRST_CELL
        .matcher(Files.readString(GUIDE))
        .results()
        .map(cell -> cell.group(1))
        .flatMap(TroubleshootingTests::code)
        .toList();
  }

  private static Stream<String> code(String cell) {
    return CODE.matcher(cell).results().map((MatchResult found) -> found.group(1));
  }
}
