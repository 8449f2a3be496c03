package dev.switchboard.redis;

import dev.switchboard.session.SessionKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;

/** Threads that call at random until they are told to end; what came of it. */
final class Load implements AutoCloseable {

  private static final int THREADS_AN_INSTANCE = 2;
  private static final long PAUSE_NANOS = 500_000;

  private final List<Thread> threads = new ArrayList<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private volatile List<SessionKey> keys;
  private volatile Queue<Long> nanos = new ConcurrentLinkedQueue<>();
  private volatile boolean ending;

  Load(List<Instance> instances, List<SessionKey> keys) {
    this.keys = keys;
    for (Instance instance : instances) {
      for (int i = 0; i < THREADS_AN_INSTANCE; i++) {
        Thread thread = new Thread(() -> callMany(instance));
        thread.setDaemon(true);
        thread.start();
        threads.add(thread);
      }
    }
  }

  private void callMany(Instance instance) {
    while (!ending) {
      List<SessionKey> any = keys;
      SessionKey key = any.get(ThreadLocalRandom.current().nextInt(any.size()));
      long begin = System.nanoTime();
      try {
        instance.ask(key);
      } catch (Throwable failure) {
        failures.add(failure);
      }
      nanos.add(System.nanoTime() - begin);
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  /** Calls on these from now. */
  void call(List<SessionKey> others) {
    keys = others;
  }

  /** Calls ended since the last look at {@link #p99}. */
  int calls() {
    return nanos.size();
  }

  /** The time in which 99 of 100 calls since the last look have ended, in milliseconds. */
  double p99() {
    long[] sorted = nanos.stream().mapToLong(Long::longValue).sorted().toArray();
    nanos = new ConcurrentLinkedQueue<>();
    return sorted.length == 0
        ? 0
        : sorted[Math.min(sorted.length - 1, sorted.length * 99 / 100)] / 1e6;
  }

  /** Ends; returns what has failed. */
  List<Throwable> end() {
    close();
    return List.copyOf(failures);
  }

  @Override
  public void close() {
    ending = true;
    for (Thread thread : threads) {
      try {
        thread.join(30_000);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      if (thread.isAlive()) {
        throw new AssertionError("A call hangs: " + Arrays.toString(thread.getStackTrace()));
      }
    }
  }
}
