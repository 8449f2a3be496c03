package dev.switchboard.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A process that never outlives this JVM, however this JVM ends, and that can be killed, stopped
 * and continued by the pid it got.
 */
final class ChildProcess {

  /** Waits for a line, which says that the child has ended, or for the end of the JVM. */
  private static final String GUARD =
      "trap '' INT HUP TERM; read -r ended || { kill -9 \"$1\"; rm -rf \"$2\"; }";

  private final Process process;

  private ChildProcess(Process process) {
    this.process = process;
  }

  /**
   * Starts the child.
   *
   * @param folder what it works in; deleted too where this JVM ends before the child does
   */
  static ChildProcess start(Path folder, ProcessBuilder builder) {
    try {
      Process process = builder.start();
      String pid = String.valueOf(process.pid());
      // A shutdown hook would not run when this JVM is killed.
      Process guard =
          new ProcessBuilder("sh", "-c", GUARD, "guard", pid, folder.toString()).start();
      var unused = process.onExit().thenRun(() -> release(guard));
      return new ChildProcess(process);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void release(Process guard) {
    try (var line = guard.outputWriter()) {
      line.newLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Process process() {
    return process;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** SIGKILL, which a stopped process obeys too; returns when it is gone. */
  void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  /** SIGTERM; returns when it is gone. */
  void terminate() {
    process.destroy();
    awaitExit();
  }

  /** Waits at most 30 s for the process to end by itself; returns its exit code. */
  int awaitExit() {
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new AssertionError("Process " + pid() + " did not end within 30 s");
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** SIGSTOP; returns when all its threads stand still. */
  void pause() {
    signal("STOP");
    if (Files.exists(Path.of("/proc/self"))) {
      await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(5))
          .ignoreExceptions()
          .until(this::isStopped);
    }
  }

  /** SIGCONT. */
  void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    List<String> command = List.of("sh", "-c", "kill -" + name + " " + pid());
    try {
      int status = new ProcessBuilder(command).start().waitFor();
      if (status != 0) {
        throw new IllegalStateException("Process " + pid() + " takes no signal: it has ended");
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private boolean isStopped() throws IOException {
    try (Stream<Path> threads = Files.list(Path.of("/proc", "" + pid(), "task"))) {
      for (Path thread : threads.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
      return true;
    }
  }
}
