package dev.switchboard.redis;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * Another JVM with this class path, talked to in lines. Its main class uses {@link ParentProcess}.
 * It is gone after {@link #close} or with this JVM.
 */
final class JvmProcess implements AutoCloseable {

  private final Class<?> main;
  private final Path folder;
  private final ChildProcess process;
  private final BufferedWriter input;
  private final BlockingQueue<Optional<String>> output = new LinkedBlockingQueue<>();

  private JvmProcess(Class<?> main, List<String> arguments) throws IOException {
    this.main = main;
    this.folder = Files.createTempDirectory("jvm");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"));
    command.add("-Dredis.binary=" + System.getProperty("redis.binary", ""));
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).redirectError(errors().toFile());
    this.process = ChildProcess.start(folder, builder);
    this.input = process.process().outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "reading-" + process.pid());
    reader.setDaemon(true);
    reader.start();
  }

  static JvmProcess start(Class<?> main, String... arguments) {
    try {
      return new JvmProcess(main, List.of(arguments));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void read() {
    try (BufferedReader lines = process.process().inputReader(StandardCharsets.UTF_8)) {
      lines.lines().map(Optional::of).forEach(output::add);
    } catch (IOException | UncheckedIOException e) {
      // Killed while it spoke.
    }
    output.add(Optional.empty());
  }

  /** Sends one line. */
  void send(String line) {
    try {
      input.write(line);
      input.newLine();
      input.flush();
    } catch (IOException e) {
      throw failure("took no line", e);
    }
  }

  /** Returns the next line it sends, waiting at most 30 s; a failure shows its standard error. */
  String next() {
    try {
      Optional<String> line = output.poll(30, TimeUnit.SECONDS);
      if (line == null) {
        throw failure("sent no line within 30 s", null);
      }
      if (line.isEmpty()) {
        output.add(line);
        throw failure("ended with exit code " + process.awaitExit(), null);
      }
      return line.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private AssertionError failure(String what, @Nullable Throwable cause) {
    return new AssertionError(main.getSimpleName() + " " + what + "; it said:\n" + log(), cause);
  }

  /** What it has written to standard error so far; what it logs goes there too. */
  String log() {
    try {
      return Files.readString(errors());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path errors() {
    return folder.resolve("stderr");
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }

  /** SIGSTOP. */
  void pause() {
    process.pause();
  }

  /** SIGCONT. */
  void resume() {
    process.resume();
  }

  /** Ends its input, as the end of this JVM would; it ends by itself. */
  void hangUp() {
    try {
      input.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits at most 30 s for it to end by itself; returns its exit code. */
  int awaitExit() {
    return process.awaitExit();
  }

  @Override
  public void close() {
    process.kill();
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
