package dev.switchboard.redis;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** The other end of a {@link JvmProcess}: this JVM ends as soon as its parent is gone. */
final class ParentProcess {

  private final BlockingQueue<String> input = new LinkedBlockingQueue<>();
  private final PrintStream output =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

  private ParentProcess() {}

  /** To be called once, first thing in {@code main}. */
  static ParentProcess connect() {
    // What is logged must not be taken for an answer.
    System.setOut(System.err);
    ParentProcess parent = new ParentProcess();
    Thread reader = new Thread(parent::read, "parent");
    reader.setDaemon(true);
    reader.start();
    return parent;
  }

  private void read() {
    try {
      var lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
      lines.lines().forEach(input::add);
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  /** Waits for the next line. */
  String next() throws InterruptedException {
    return input.take();
  }

  /** Sends one line; usable by several threads at once. */
  void send(String line) {
    synchronized (output) {
      output.println(line);
    }
  }
}
