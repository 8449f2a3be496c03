package dev.switchboard.example.concierge.redis;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.DisposableBean;

/** A Redis server of our own on a free loopback port, which keeps its data in a folder. */
final class LocalRedis implements DisposableBean {

  private static final String PONG = "+PONG";
  private static final long START_SECONDS = 20;
  private static final long STOP_SECONDS = 5;
  private static final long POLL_MILLIS = 20;

  private final FileChannel lock;
  private final ProcessHandle process;
  private final int port;

  private LocalRedis(FileChannel lock, ProcessHandle process, int port) {
    this.lock = lock;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server and waits until it answers.
   *
   * @throws IllegalStateException if it does not, or another process uses the folder
   */
  static LocalRedis start(Path data) throws IOException {
    Path folder = Files.createDirectories(data).toRealPath();
    FileChannel lock = lock(folder);
    Path binary = RedisBinary.extractTo(folder);
    // Written by the server once it listens, and removed when it stops in good order.
    Path pid = folder.resolve("redis.pid");
    find(pid, binary).ifPresent(LocalRedis::stop);
    Files.deleteIfExists(pid);
    int port = freePort();
    launch(binary, folder, pid, port);
    if (!answers(pid, port)) {
      lock.close();
      throw new IllegalStateException("Redis does not start, see " + folder.resolve("redis.log"));
    }
    return new LocalRedis(lock, find(pid, binary).orElseThrow(), port);
  }

  /** As a daemon, which a Ctrl-C does not stop before us. */
  private static void launch(Path binary, Path folder, Path pid, int port) throws IOException {
    String config =
        """
        daemonize yes
        bind 127.0.0.1
        port %d
        dir "%s"
        pidfile "%s"
        logfile "%s"
        appendonly yes
        save ""
        """
            .formatted(port, folder, pid, folder.resolve("redis.log"));
    Path file = Files.writeString(folder.resolve("redis.conf"), config);
    new ProcessBuilder(binary.toString(), file.toString()).start();
  }

  int port() {
    return port;
  }

  @Override
  public void destroy() throws IOException {
    stop(process);
    lock.close();
  }

  private static FileChannel lock(Path folder) throws IOException {
    FileChannel lock =
        FileChannel.open(
            folder.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      if (lock.tryLock() != null) {
        return lock;
      }
    } catch (OverlappingFileLockException e) {
      // Locked by this very process.
    }
    lock.close();
    throw new IllegalStateException(
        "Another concierge keeps its data in %s: name another folder with --concierge.data="
            .formatted(folder));
  }

  /** A run that was killed leaves its server behind; two must not share a folder. */
  private static Optional<ProcessHandle> find(Path pid, Path binary) throws IOException {
    if (!Files.exists(pid)) {
      return Optional.empty();
    }
    Optional<String> ours = Optional.of(binary.toString());
    return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
        .filter(process -> process.info().command().equals(ours));
  }

  private static void stop(ProcessHandle process) {
    process.destroy();
    process.onExit().completeOnTimeout(process, STOP_SECONDS, TimeUnit.SECONDS).join();
    if (process.isAlive()) {
      process.destroyForcibly();
      process.onExit().join();
    }
  }

  private static boolean answers(Path pid, int port) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() - end < 0) {
      if (Files.exists(pid) && isAnswering(port)) {
        return true;
      }
      try {
        TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return false;
  }

  private static boolean isAnswering(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1_000);
      socket.setSoTimeout(1_000);
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      byte[] answer = socket.getInputStream().readNBytes(PONG.length());
      return PONG.equals(new String(answer, StandardCharsets.US_ASCII));
    } catch (IOException e) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }
}
