package dev.switchboard.redis;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;
import org.springframework.util.FileSystemUtils;

/**
 * A real Redis or Valkey server on a loopback port and in a folder of its own; it persists nothing
 * unless its configuration says so, and is gone after {@link #close} or with this JVM.
 */
final class RedisServerProcess implements AutoCloseable {

  private static final int ATTEMPTS = 10;

  private final Path folder;
  private final int port;
  private final List<String> config;
  private ChildProcess process;

  private RedisServerProcess(Path folder, int port, List<String> config) {
    this.folder = folder;
    this.port = port;
    this.config = config;
    this.process = launch();
  }

  /**
   * Starts a server and waits until it answers.
   *
   * @param config as on its command line: {@code "--maxmemory", "2mb"}
   */
  static RedisServerProcess start(String... config) {
    return start(RedisServerProcess::freePort, config);
  }

  static RedisServerProcess start(IntSupplier ports, String... config) {
    for (int attempt = 1; ; attempt++) {
      Path folder = newFolder();
      try {
        return new RedisServerProcess(folder, ports.getAsInt(), List.of(config));
      } catch (RuntimeException e) {
        delete(folder);
        if (attempt == ATTEMPTS
            || !String.valueOf(e.getMessage()).contains("Failed listening on port")) {
          throw e;
        }
      }
    }
  }

  int port() {
    return port;
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  Path folder() {
    return folder;
  }

  /** Of the process that runs now: another one after {@link #restart}. */
  long pid() {
    return process.pid();
  }

  /** SIGKILL. */
  void kill() {
    process.kill();
  }

  /** SIGSTOP: connections are still accepted, by the kernel, but nothing is answered. */
  void pause() {
    process.pause();
  }

  /** SIGCONT. */
  void resume() {
    process.resume();
  }

  /** Ends it in good order where it still runs, and starts it again on the same port and folder. */
  void restart() {
    if (process.isAlive()) {
      process.resume();
      process.terminate();
    }
    process = launch();
  }

  /**
   * Sends one command on a connection of its own, see {@link Resp}.
   *
   * @throws IllegalStateException if the server answers with an error
   * @throws UncheckedIOException if it does not answer within 5 s
   */
  @Nullable Object command(String... command) {
    try (RespConnection connection = new RespConnection(port, Duration.ofSeconds(5))) {
      return connection.call(command);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether this very process, not another server on its port, answers within 200 ms. */
  boolean isAnswering() {
    return isAnswering(pid());
  }

  private boolean isAnswering(long pid) {
    try (RespConnection connection = new RespConnection(port, Duration.ofMillis(200))) {
      String info = String.valueOf(connection.call("INFO", "server"));
      return info.contains("process_id:" + pid + "\r\n") && "PONG".equals(connection.call("PING"));
    } catch (IOException | IllegalStateException e) {
      return false;
    }
  }

  @Override
  public void close() {
    process.kill();
    delete(folder);
  }

  private ChildProcess launch() {
    List<String> command = new ArrayList<>(List.of(RedisBinary.PATH.toString()));
    command.addAll(List.of("--port", "" + port, "--bind", "127.0.0.1", "--dir", "" + folder));
    command.addAll(List.of("--save", "", "--daemonize", "no"));
    command.addAll(config);
    Path log = folder.resolve("server.log");
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    ChildProcess launched = ChildProcess.start(folder, builder);
    try {
      await()
          .atMost(Duration.ofSeconds(30))
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(10))
          .until(() -> !launched.isAlive() || isAnswering(launched.pid()));
      if (!launched.isAlive()) {
        throw new IllegalStateException("The server did not start:\n" + Files.readString(log));
      }
      return launched;
    } catch (RuntimeException | IOException e) {
      launched.kill();
      throw e instanceof RuntimeException failure ? failure : new IllegalStateException(e);
    }
  }

  /**
   * A port below those that the system gives to outgoing connections, so that it is still free for
   * a restart; 10000 above it, where a cluster node talks to others, is free too.
   */
  static int freePort() {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(12_000, 22_000);
      if (isFree(port) && isFree(port + 10_000)) {
        return port;
      }
    }
  }

  private static boolean isFree(int port) {
    try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return probe.isBound();
    } catch (IOException e) {
      return false;
    }
  }

  private static Path newFolder() {
    try {
      return Files.createTempDirectory("redis");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path folder) {
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
