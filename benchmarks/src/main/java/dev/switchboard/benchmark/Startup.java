package dev.switchboard.benchmark;

import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.session.SpecialistSessionConfiguration;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.util.FileSystemUtils;

/**
 * Milliseconds that an application of 1,000 methods in 100 beans takes to start, and the bytes of
 * heap that it then has in use, annotated as ours or as Spring's. The same of 1,000 such beans that
 * are not annotated at all, with this library and without, once its classes have been loaded.
 */
final class Startup implements Source {

  private static final int ANNOTATED = 100;
  private static final int NOT_ANNOTATED = 1_000;
  private static final int METHODS = 10;

  private static final String OURS =
      "@dev.switchboard.session.SpecialistSession(\"desk\")"
          + " @dev.switchboard.retry.RequestScopedRetry(maxRetries = 2)";
  private static final String SPRING =
      "@org.springframework.cache.annotation.Cacheable(cacheNames = \"sessions\", key = \"#a0\")"
          + " @org.springframework.resilience.annotation.Retryable(maxRetries = 2)";

  @Override
  public Figures round(int seconds) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("startup");
    try {
      compile(folder.resolve("ours"), ANNOTATED, OURS);
      compile(folder.resolve("spring"), ANNOTATED, SPRING);
      compile(folder.resolve("none"), NOT_ANNOTATED, "");
      List<String> jvm = List.of("-Xms512m", "-XX:+UseSerialGC", "-Dclasses=" + folder);
      List<String> ways = List.of("switchboard", "spring", "unused", "without");
      return new Program(Startup.class, jvm, ways).round(seconds);
    } finally {
      FileSystemUtils.deleteRecursively(folder);
    }
  }

  private static void compile(Path folder, int beans, String annotations) throws IOException {
    Files.createDirectories(folder);
    List<Path> sources = new ArrayList<>();
    for (int bean = 0; bean < beans; bean++) {
      StringBuilder text = new StringBuilder("public class Desk" + bean + " {\n");
      for (int method = 0; method < METHODS; method++) {
        text.append(annotations)
            .append(" public String ask" + method)
            .append("(@dev.switchboard.session.Tenant String tenant) { return tenant; }\n");
      }
      Path source = folder.resolve("Desk" + bean + ".java");
      sources.add(Files.writeString(source, text.append("}\n")));
    }
    JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      List<String> options = List.of("-proc:none", "-d", folder.toString());
      var units = files.getJavaFileObjectsFromPaths(sources);
      if (!compiler.getTask(null, files, null, options, null, units).call()) {
        throw new IllegalStateException("the beans do not compile");
      }
    }
  }

  public static void main(String[] args) throws IOException, ClassNotFoundException {
    String way = args[0];
    List<Class<?>> configuration = new ArrayList<>();
    switch (way) {
      case "spring" ->
          configuration.addAll(
              List.of(SessionHitBenchmark.CaffeineCaching.class, BothBenchmark.Resilient.class));
      case "without" -> {}
      default ->
          configuration.addAll(
              List.of(
                  Ids.class,
                  SpecialistSessionConfiguration.class,
                  RequestScopedRetryConfiguration.class));
    }
    String beans =
        switch (way) {
          case "switchboard" -> "ours";
          case "spring" -> "spring";
          default -> "none";
        };
    URL classes = Path.of(System.getProperty("classes"), beans).toUri().toURL();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {classes})) {
      int number = beans.equals("none") ? NOT_ANNOTATED : ANNOTATED;
      for (int bean = 0; bean < number; bean++) {
        configuration.add(loader.loadClass("Desk" + bean));
      }
      if (beans.equals("none")) {
        start("", loader, configuration.subList(0, configuration.size() - number + 1));
      }
      start(way, loader, configuration);
    }
  }

  private static void start(String way, ClassLoader loader, List<Class<?>> configuration) {
    long heap = Heap.used();
    long start = System.nanoTime();
    try (var context = new AnnotationConfigApplicationContext()) {
      context.setClassLoader(loader);
      context.register(configuration.toArray(Class<?>[]::new));
      context.refresh();
      System.out.println(way + " time=" + (System.nanoTime() - start) / 1e6);
      System.out.println(way + " heap=" + (Heap.used() - heap));
    }
  }
}
