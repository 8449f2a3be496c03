package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.autoconfigure.Documentation.Block;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What the pages show works: it compiles, its settings and modules exist, its links lead on. */
class DocumentationTests {

  private static final Pattern LINK = Pattern.compile("(?<!!)\\[[^\\]]+\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} (.+)$");
  private static final Pattern MODULES = Pattern.compile("-pl ([\\w./,-]+)");
  private static final Pattern PROPERTY =
      Pattern.compile("`(switchboard\\.(\\w+)[\\w.<>-]*)(?:=[^`]*)?`");

  /** What a cluster reads, not the application. */
  private static final String MANIFEST = "apiVersion:";

  static List<Path> pages() throws IOException {
    return Documentation.pages();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void javaCompiles(Path page, @TempDir Path classes) throws IOException {
    Snippets snippets = new Snippets(classes);
    for (Block block : Documentation.blocks(page)) {
      if (block.language().equals("java")) {
        assertThat(snippets.add(block.text())).as(block + "\n" + block.text()).isEmpty();
      }
    }
  }

  @Test
  void javaThatIsWrongIsNoticed(@TempDir Path classes) throws IOException {
    assertThat(new Snippets(classes).add("SessionContext.current().rename(\"x\");\n"))
        .singleElement()
        .asString()
        .contains("rename");
  }

  @Test
  void settingsInBlocksExist() throws IOException {
    List<String> unknown = new ArrayList<>();
    for (String language : List.of("yaml", "properties")) {
      for (Block block : Documentation.blocks(language)) {
        keys(block).stream()
            .filter(key -> !Settings.exists(key))
            .map(key -> block + ": " + key)
            .forEach(unknown::add);
      }
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void settingsInSentencesExist() throws IOException {
    List<String> unknown = new ArrayList<>();
    Set<String> meters = Documentation.meters();
    for (Path page : Documentation.pages()) {
      PROPERTY
          .matcher(Documentation.prose(page))
          .results()
          .filter(found -> Settings.isGroup(found.group(2)) && !Settings.begins(found.group(1)))
          .filter(found -> !meters.contains(found.group(1)))
          .map(found -> page + ": " + found.group(1))
          .forEach(unknown::add);
    }
    assertThat(unknown).isEmpty();
  }

  @Test
  void settingThatDoesNotExistIsNoticed() {
    assertThat(Settings.exists("switchboard.specialists.marketing.ttl")).isTrue();
    assertThat(Settings.exists("switchboard.specialists.marketing.time-to-live")).isFalse();
    assertThat(Settings.exists("spring.lifecycle.timeout")).isFalse();
  }

  private static List<String> keys(Block block) throws IOException {
    PropertySourceLoader loader =
        block.language().equals("yaml")
            ? new YamlPropertySourceLoader()
            : new PropertiesPropertySourceLoader();
    List<String> keys = new ArrayList<>();
    byte[] text = block.text().getBytes(StandardCharsets.UTF_8);
    for (PropertySource<?> source :
        loader.load(block.toString(), new ByteArrayResource(text, block.toString()))) {
      keys.addAll(List.of(((EnumerablePropertySource<?>) source).getPropertyNames()));
    }
    assertThat(keys).as(block.toString()).isNotEmpty();
    return block.text().startsWith(MANIFEST) ? List.of() : keys;
  }

  @Test
  void modulesInCommandsExist() throws IOException {
    List<String> modules = new ArrayList<>();
    for (Path page : Documentation.pages()) {
      Matcher named = MODULES.matcher(Files.readString(page));
      while (named.find()) {
        modules.addAll(List.of(named.group(1).split(",")));
      }
    }
    assertThat(modules)
        .isNotEmpty()
        .allSatisfy(module -> assertThat(Documentation.ROOT.resolve(module + "/pom.xml")).exists());
  }

  @Test
  void linksLeadSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path page : Documentation.pages()) {
      for (String target : links(page)) {
        if (!target.startsWith("http") && !leads(page, target)) {
          broken.add(page + ": " + target);
        }
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void brokenLinkIsNoticed() throws IOException {
    assertThat(leads(Documentation.README, "LICENSE")).isTrue();
    assertThat(leads(Documentation.README, "#settings")).isTrue();
    assertThat(leads(Documentation.README, "NOWHERE.md")).isFalse();
    assertThat(leads(Documentation.README, "CONTRIBUTING.md#nowhere")).isFalse();
  }

  @Test
  void everyGuideIsLinkedInTheReadmeAndNoneIsLong() throws IOException {
    Set<Path> linked =
        links(Documentation.README).stream()
            .map(target -> Documentation.ROOT.resolve(target.replaceFirst("#.*", "")).normalize())
            .collect(Collectors.toSet());
    assertThat(Documentation.guides())
        .isNotEmpty()
        .allSatisfy(guide -> assertThat(linked).contains(guide.normalize()))
        .allSatisfy(guide -> assertThat(Files.readAllLines(guide)).hasSizeLessThan(250));
  }

  private static List<String> links(Path page) throws IOException {
    return LINK.matcher(Documentation.prose(page)).results().map(found -> found.group(1)).toList();
  }

  private static boolean leads(Path page, String target) throws IOException {
    int hash = target.indexOf('#');
    String name =
        URLDecoder.decode(hash < 0 ? target : target.substring(0, hash), StandardCharsets.UTF_8);
    Path file = name.isEmpty() ? page : page.resolveSibling(name);
    return Files.exists(file) && (hash < 0 || anchors(file).contains(target.substring(hash + 1)));
  }

  /** The names that a page's headings have as targets of links. */
  private static Set<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Documentation.prose(page))
        .results()
        .map((MatchResult heading) -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(heading -> heading.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .collect(Collectors.toSet());
  }
}
