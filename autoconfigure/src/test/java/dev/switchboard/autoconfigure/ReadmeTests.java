package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the README shows compiles, and what it says of settings is what there is. */
class ReadmeTests {

  private static final Path ROOT = Path.of("..");
  private static final Pattern JAVA = Pattern.compile("(?ms)^```java\\n(.*?)^```$");
  private static final Pattern IMPORT = Pattern.compile("(?m)^import [^;]+;\\n");
  private static final Pattern ROW = Pattern.compile("(?m)^\\| (`.+) \\| .+ \\| (.+) \\| .+ \\|$");
  private static final Pattern PROPERTY = Pattern.compile("`((?:switchboard)?\\.[^`]+)`");
  private static final Pattern VALUE_TYPE = Pattern.compile("([\\w.$]+)>+$");
  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());

  private static final String IMPORTS =
      """
      import dev.switchboard.connector.*;
      import dev.switchboard.retry.*;
      import dev.switchboard.session.*;
      import java.time.*;
      import java.util.*;
      import org.springframework.context.annotation.*;
      import org.springframework.stereotype.*;
      import org.springframework.web.client.*;
      """;

  /** What a reader is told to think of as existing. */
  private static final String READERS =
      """
      interface Adk {
        String run(String user, String session, String text);
      }
      class SpecialistUnavailable extends RuntimeException {}
      class ToolContext {}
      abstract class Reader {
        Adk adk;
      }
      """;

  /** What a snippet may be, from whole classes to statements. */
  private static final List<String> SHAPES =
      List.of(
          "%s",
          "abstract class Snippet extends Reader {%n%s%n}",
          "abstract class Snippet extends Reader {%nvoid run() throws Exception {%n%s%n}%n}");

  private record Snippet(String place, String code) {

    String source(String shape) {
      String imports =
          String.join("", IMPORT.matcher(code).results().map(MatchResult::group).toList());
      return IMPORTS + imports + shape.formatted(IMPORT.matcher(code).replaceAll(""));
    }

    @Override
    public String toString() {
      return place;
    }
  }

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }

    /** Public classes need no files of their own. */
    @Override
    public boolean isNameCompatible(String simpleName, Kind kind) {
      return kind == Kind.SOURCE;
    }
  }

  static List<Snippet> snippets() throws IOException {
    List<Path> pages = new ArrayList<>(List.of(ROOT.resolve("README.md")));
    Path docs = ROOT.resolve("docs");
    if (Files.isDirectory(docs)) {
      try (Stream<Path> files = Files.walk(docs)) {
        files.filter(file -> file.toString().endsWith(".md")).sorted().forEach(pages::add);
      }
    }
    List<Snippet> snippets = new ArrayList<>();
    for (Path page : pages) {
      String text = Files.readString(page);
      Matcher matcher = JAVA.matcher(text);
      while (matcher.find()) {
        long line = text.substring(0, matcher.start(1)).lines().count() + 1;
        snippets.add(new Snippet(ROOT.relativize(page) + ":" + line, matcher.group(1)));
      }
    }
    return snippets;
  }

  @Test
  void readmeIsShortAndHasSnippets() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md"))).hasSizeLessThan(250);
    assertThat(snippets()).hasSizeGreaterThanOrEqualTo(4);
  }

  @ParameterizedTest
  @MethodSource("snippets")
  void snippetCompiles(Snippet snippet, @TempDir Path classes) throws IOException {
    assertThat(errors(snippet, classes)).as(snippet.code()).isEmpty();
  }

  @Test
  void wrongSnippetIsNoticed(@TempDir Path classes) throws IOException {
    Snippet wrong = new Snippet("here", "SessionContext.current().rename(\"x\");\n");
    assertThat(errors(wrong, classes)).singleElement().asString().contains("rename");
  }

  /** The errors of the snippet in the first shape that it can be parsed in. */
  private static List<String> errors(Snippet snippet, Path classes) throws IOException {
    List<String> errors = new ArrayList<>();
    for (String shape : SHAPES) {
      DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
      JavacTask task = task(snippet.source(shape), classes, found);
      task.parse();
      if (errorsIn(found).isEmpty()) {
        task.analyze();
        return errorsIn(found);
      }
      errors.addAll(errorsIn(found));
    }
    return errors;
  }

  private static JavacTask task(
      String source, Path classes, DiagnosticCollector<JavaFileObject> found) {
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    List<Source> sources = List.of(new Source("Snippet", source), new Source("Reader", READERS));
    return (JavacTask) COMPILER.getTask(null, null, found, options, null, sources);
  }

  private static List<String> errorsIn(DiagnosticCollector<JavaFileObject> found) {
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(Object::toString)
        .toList();
  }

  @Test
  void settingsAreThoseThatExist() throws IOException, ClassNotFoundException {
    Map<String, String> documented = documented();
    Map<String, String> existing = existing();
    assertThat(documented.keySet()).containsExactlyElementsOf(existing.keySet());
    existing.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            assertThat(documented.get(name)).as(name).contains("`" + value + "`");
          }
        });
  }

  /** The properties in the README's tables, keys of maps as {@code *}, with their defaults. */
  private static Map<String, String> documented() throws IOException {
    Map<String, String> properties = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(ROOT.resolve("README.md")));
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

  /** The properties of the metadata, and of the records that maps hold, with their defaults. */
  private static Map<String, String> existing() throws IOException, ClassNotFoundException {
    Map<String, String> properties = new TreeMap<>();
    String metadata = "/META-INF/spring-configuration-metadata.json";
    try (InputStream json =
        Objects.requireNonNull(SwitchboardProperties.class.getResourceAsStream(metadata))) {
      for (JsonNode property : new JsonMapper().readTree(json).get("properties").values()) {
        String name = property.get("name").asString();
        String type = property.get("type").asString();
        Matcher value = VALUE_TYPE.matcher(type);
        if (type.startsWith("java.util.Map<") && value.find()) {
          addComponents(properties, name + ".*", Class.forName(value.group(1)));
        } else {
          properties.put(name, property.path("defaultValue").asString(""));
        }
      }
    }
    return properties;
  }

  private static void addComponents(Map<String, String> properties, String prefix, Class<?> type) {
    for (RecordComponent component : type.getRecordComponents()) {
      String name = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
      if (component.getType().isRecord()) {
        addComponents(properties, name, component.getType());
      } else {
        properties.put(name, "");
      }
    }
  }
}
