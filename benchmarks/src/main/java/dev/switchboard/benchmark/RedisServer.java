package dev.switchboard.benchmark;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisConnectionException;
import io.lettuce.core.api.StatefulRedisConnection;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.springframework.util.FileSystemUtils;

/** A Redis of our own on loopback, from the jar that carries its binary, and a plain connection. */
final class RedisServer implements AutoCloseable {

  private final Path folder;
  private final Process process;
  private final RedisClient client;
  final int port;
  final StatefulRedisConnection<String, String> connection;

  RedisServer() {
    try {
      folder = Files.createTempDirectory("redis");
      port = freePort();
      process = start(folder, port);
      client = RedisClient.create("redis://127.0.0.1:" + port);
      connection = connect();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Process start(Path folder, int port) throws IOException {
    Path binary = folder.resolve("redis-server");
    String name = "/redis-server-7.0.15-" + os() + "-" + arch();
    try (InputStream in = RedisServer.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IllegalStateException("there is no " + name + " on the class path");
      }
      Files.copy(in, binary);
    }
    if (!binary.toFile().setExecutable(true)) {
      throw new IOException(binary + " cannot be made executable");
    }
    return new ProcessBuilder(
            binary.toString(), "--port", "" + port, "--bind", "127.0.0.1", "--save", "")
        .directory(folder.toFile())
        .redirectOutput(Redirect.DISCARD)
        .start();
  }

  private StatefulRedisConnection<String, String> connect() {
    while (true) {
      try {
        return client.connect();
      } catch (RedisConnectionException e) {
        // It has only just begun to start.
        if (!process.isAlive()) {
          throw e;
        }
        Thread.onSpinWait();
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static String os() {
    String name = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    return name.startsWith("mac") ? "darwin" : name;
  }

  private static String arch() {
    String name = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    return switch (name) {
      case "x86_64" -> "amd64";
      case "aarch64" -> "arm64";
      default -> name;
    };
  }

  @Override
  public void close() {
    connection.close();
    client.shutdown();
    process.destroyForcibly();
    try {
      FileSystemUtils.deleteRecursively(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
