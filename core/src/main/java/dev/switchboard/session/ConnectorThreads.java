package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Threads that connectors are called on, some for every specialist, so that a slow one delays no
 * other. Daemons, made as needed and gone when idle for 10 seconds.
 */
final class ConnectorThreads {

  private final String purpose;
  private final int threads;
  private final int queue;
  private final Map<SpecialistName, ExecutorService> pools = new ConcurrentHashMap<>();

  /**
   * Creates no threads yet.
   *
   * @param purpose their names' beginning, before the specialist's
   * @param threads how many a specialist may have
   * @param queue how many tasks may wait for one
   */
  ConnectorThreads(String purpose, int threads, int queue) {
    this.purpose = purpose;
    this.threads = threads;
    this.queue = queue;
  }

  /** A specialist's threads; they refuse what their queue cannot take. */
  ExecutorService of(SpecialistName name) {
    return pools.computeIfAbsent(name, this::pool);
  }

  /**
   * Makes a step of a call on one of its specialist's threads: in the call's bindings, and watched
   * by what watches it.
   *
   * @throws RejectedExecutionException where no thread is to be had
   */
  <T> CompletableFuture<T> supply(
      SpecialistName name, ThreadBindings bindings, @Nullable Trace trace, Supplier<T> step) {
    return CompletableFuture.supplyAsync(
        () -> {
          ThreadBindings before = bindings.bind();
          Trace.Visit visit = Trace.enter(trace);
          try {
            return step.get();
          } finally {
            visit.close();
            before.bind();
          }
        },
        of(name));
  }

  private ExecutorService pool(SpecialistName name) {
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(queue),
            task -> {
              Thread thread =
                  new Thread(task, purpose + "-" + name + "-" + number.incrementAndGet());
              thread.setDaemon(true);
              thread.setContextClassLoader(ConnectorThreads.class.getClassLoader());
              return thread;
            });
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  /** Interrupts what runs, and runs what waits here; later tasks get new threads. */
  void interrupt() {
    pools
        .values()
        .removeIf(
            pool -> {
              pool.shutdownNow().forEach(Runnable::run);
              return true;
            });
  }

  /** Lets what runs and waits go on; later tasks get new threads. */
  void retire() {
    pools
        .values()
        .removeIf(
            pool -> {
              pool.shutdown();
              return true;
            });
  }
}
