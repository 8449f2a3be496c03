package dev.switchboard.benchmark;

import java.io.BufferedReader;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What is no loop of calls: a main class in a JVM of its own, once for each of its ways, which
 * prints its figures as {@code name=value}.
 */
record Program(Class<?> main, List<String> jvm, List<String> ways) implements Source {

  @Override
  public Figures round(int seconds) throws IOException, InterruptedException {
    Figures figures = new Figures();
    for (String way : ways) {
      run(figures, way);
    }
    return figures;
  }

  private void run(Figures figures, String way) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(jvm);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName(), way));
    Process process = new ProcessBuilder(command).redirectError(Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader()) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        int equals = line.lastIndexOf('=');
        figures.put(line.substring(0, equals), Double.parseDouble(line.substring(equals + 1)));
      }
    }
    int exit = process.waitFor();
    if (exit != 0) {
      throw new IllegalStateException(main.getSimpleName() + " " + way + " ended with " + exit);
    }
  }
}
