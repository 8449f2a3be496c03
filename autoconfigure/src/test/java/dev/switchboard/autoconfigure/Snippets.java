package dev.switchboard.autoconfigure;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the Java of one page: each block sees the classes of those before it, and one that
 * declares a class anew replaces the earlier block.
 */
final class Snippets {

  private static final Pattern IMPORT = Pattern.compile("(?m)^import [^;]+;\\n");
  private static final JavaCompiler COMPILER =
      Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());

  /** What the pages leave out. */
  private static final String HEADER =
      """
      package guide;
      import static org.assertj.core.api.Assertions.*;
      import com.github.benmanes.caffeine.cache.Ticker;
      import dev.switchboard.PropagatingTaskDecorator;
      import dev.switchboard.connector.*;
      import dev.switchboard.micrometer.*;
      import dev.switchboard.redis.*;
      import dev.switchboard.retry.*;
      import dev.switchboard.session.*;
      import java.io.IOException;
      import java.net.http.HttpClient;
      import java.nio.ByteBuffer;
      import java.security.*;
      import java.time.*;
      import java.util.*;
      import java.util.concurrent.*;
      import java.util.concurrent.atomic.*;
      import javax.crypto.*;
      import javax.crypto.spec.*;
      import org.junit.jupiter.api.AfterEach;
      import org.junit.jupiter.api.BeforeEach;
      import org.junit.jupiter.api.Test;
      import org.springframework.beans.factory.annotation.*;
      import org.springframework.boot.autoconfigure.*;
      import org.springframework.boot.test.context.*;
      import org.springframework.cache.annotation.*;
      import org.springframework.context.annotation.*;
      import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
      import org.springframework.http.*;
      import org.springframework.http.client.JdkClientHttpRequestFactory;
      import org.springframework.resilience.annotation.Retryable;
      import org.springframework.stereotype.*;
      import org.springframework.web.bind.annotation.*;
      import org.springframework.web.client.*;
      import org.springframework.web.reactive.function.client.WebClient;
      import org.springframework.web.service.annotation.*;
      import org.springframework.web.service.registry.*;
      import reactor.core.publisher.*;
      """;

  /** What a reader is told to think of as existing, unless the page declares it. */
  private static final Map<String, String> READERS =
      Map.of(
          "Adk", "interface Adk { String run(String user, String session, String text); }",
          "SpecialistUnavailable", "class SpecialistUnavailable extends RuntimeException {}",
          "ToolContext", "class ToolContext {}");

  /** What a block may be, from whole classes to statements. */
  private static final List<String> SHAPES =
      List.of(
          "%s",
          "abstract class Snippet {%nAdk adk;%n%s%n}",
          "abstract class Snippet {%nAdk adk;%nvoid run() throws Exception {%n%s%n}%n}");

  private record Parsed(List<String> types, String source) {}

  private static final class Source extends SimpleJavaFileObject {

    private final String text;

    Source(int number, String text) {
      super(URI.create("string:///Source" + number + ".java"), Kind.SOURCE);
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

  private final Path classes;
  private final Map<String, Parsed> known = new LinkedHashMap<>();

  /** Starts a page whose classes go to a directory. */
  Snippets(Path classes) {
    this.classes = classes;
    READERS.forEach((name, text) -> known.put(name, new Parsed(List.of(name), HEADER + text)));
  }

  /** Adds a block and returns the errors in it. */
  List<String> add(String code) throws IOException {
    List<String> errors = new ArrayList<>();
    for (String shape : SHAPES) {
      DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
      Parsed parsed = parse(source(code, shape), found);
      if (!errorsIn(found).isEmpty()) {
        errors.addAll(errorsIn(found));
        continue;
      }
      known.values().removeIf(other -> other.types().stream().anyMatch(parsed.types()::contains));
      known.put("block " + known.size() + parsed.types(), parsed);
      DiagnosticCollector<JavaFileObject> wrong = new DiagnosticCollector<>();
      task(sources(), wrong).generate();
      if (!parsed.types().equals(List.of("Snippet"))) {
        return errorsIn(wrong);
      }
      known.values().remove(parsed);
      return errorsIn(wrong);
    }
    return errors;
  }

  private List<String> sources() {
    return known.values().stream().map(Parsed::source).toList();
  }

  private static String source(String code, String shape) {
    String imports =
        String.join("", IMPORT.matcher(code).results().map(MatchResult::group).toList());
    return HEADER + imports + shape.formatted(IMPORT.matcher(code).replaceAll(""));
  }

  private Parsed parse(String source, DiagnosticCollector<JavaFileObject> found)
      throws IOException {
    List<String> types = new ArrayList<>();
    for (CompilationUnitTree unit : task(List.of(source), found).parse()) {
      unit.getTypeDecls().stream()
          .filter(ClassTree.class::isInstance)
          .forEach(type -> types.add(((ClassTree) type).getSimpleName().toString()));
    }
    return new Parsed(types, source);
  }

  private JavacTask task(List<String> texts, DiagnosticCollector<JavaFileObject> found) {
    List<Source> sources = new ArrayList<>();
    texts.forEach(text -> sources.add(new Source(sources.size(), text)));
    List<String> options =
        List.of(
            "--release",
            "17",
            "-proc:none",
            "-d",
            classes.toString(),
            "-classpath",
            System.getProperty("java.class.path"));
    return (JavacTask) COMPILER.getTask(null, null, found, options, null, sources);
  }

  private static List<String> errorsIn(DiagnosticCollector<JavaFileObject> found) {
    return found.getDiagnostics().stream()
        .filter(diagnostic -> diagnostic.getKind() == Diagnostic.Kind.ERROR)
        .map(Object::toString)
        .toList();
  }
}
