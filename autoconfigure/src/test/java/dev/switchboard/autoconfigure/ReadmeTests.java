package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The README is short, and what it says of settings is what there is. */
class ReadmeTests {

  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.+) \\| .+ \\| (.+) \\| .+ \\|$");
  private static final Pattern PROPERTY =
      Pattern.compile("`((?:switchboard|management)?\\.[^`]+)`");

  @Test
  void readmeIsShortAndHasSnippets() throws IOException {
    assertThat(Files.readAllLines(Documentation.README)).hasSizeLessThan(250);
    assertThat(Documentation.blocks(Documentation.README)).hasSizeGreaterThanOrEqualTo(4);
  }

  @Test
  void settingsAreThoseThatExist() throws IOException {
    Map<String, String> documented = documented();
    Map<String, String> existing = Settings.own();
    assertThat(documented.keySet()).containsExactlyElementsOf(existing.keySet());
    existing.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            assertThat(documented.get(name)).as(name).contains("`" + value + "`");
          }
        });
  }

  /**
   * The properties in the tables of README and actuator page, keys of maps as {@code *}, with their
   * defaults.
   */
  private static Map<String, String> documented() throws IOException {
    Map<String, String> properties = new TreeMap<>();
    String actuator = Files.readString(Documentation.GUIDES.resolve("actuator.md"));
    Matcher row = ROW.matcher(Files.readString(Documentation.README) + actuator);
    while (row.find()) {
      String group = "";
      Matcher property = PROPERTY.matcher(row.group(1));
      while (property.find()) {
        String name = property.group(1).replaceAll("<[^>]+>", "*");
        name = name.startsWith(".") ? group + name : name;
        group = name.substring(0, name.lastIndexOf('.'));
        assertThat(properties.put(name, row.group(2))).as(name + " stands once").isNull();
      }
    }
    return properties;
  }
}
