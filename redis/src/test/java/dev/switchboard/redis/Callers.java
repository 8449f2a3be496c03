package dev.switchboard.redis;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/** Threads of a cluster's process that start together once told; counts what they see. */
final class Callers {

  /** What one thread does. */
  interface Task {
    void run(Callers callers) throws Exception;
  }

  private final CountDownLatch go = new CountDownLatch(1);
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, LongAdder> seen = new ConcurrentHashMap<>();
  private final LongAdder calls = new LongAdder();
  private final AtomicLong began = new AtomicLong();

  /** Starts the threads, which wait for {@link #go}. */
  Callers(List<Task> tasks) throws InterruptedException {
    CountDownLatch ready = new CountDownLatch(tasks.size());
    for (Task task : tasks) {
      Thread thread = new Thread(() -> run(task, ready));
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
    }
    ready.await();
  }

  private void run(Task task, CountDownLatch ready) {
    try {
      ready.countDown();
      go.await();
      task.run(this);
    } catch (Throwable failure) {
      failed(failure);
    }
  }

  void go() {
    began.set(System.nanoTime());
    go.countDown();
  }

  /** A call has ended. */
  void called() {
    calls.increment();
  }

  /** A call was answered. */
  void saw(String key, String answer) {
    seen.computeIfAbsent("saw " + key + " " + answer, line -> new LongAdder()).increment();
  }

  /** A call has failed. */
  void failed(Throwable failure) {
    String line = "failed " + failure.getClass().getSimpleName() + ": " + failure.getMessage();
    if (seen.putIfAbsent(line, new LongAdder()) == null) {
      failure.printStackTrace();
    }
    seen.get(line).increment();
  }

  /** Waits until each thread has ended or waits for another thread or an answer. */
  void awaitWaiting() {
    for (Thread thread : threads) {
      while (thread.isAlive() && !isWaiting(thread)) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean isWaiting(Thread thread) {
    Object blocker = LockSupport.getBlocker(thread);
    return blocker != null && blocker.getClass().getName().contains("CompletableFuture");
  }

  /** Waits for the threads; returns lines of what was seen with how often, and an end. */
  List<String> outcome() throws InterruptedException {
    for (Thread thread : threads) {
      thread.join();
    }
    List<String> lines = new ArrayList<>();
    long nanos = System.nanoTime() - began.get();
    new TreeMap<>(seen).forEach((line, count) -> lines.add(count + " " + line));
    lines.add("end " + calls + " " + nanos);
    return lines;
  }
}
