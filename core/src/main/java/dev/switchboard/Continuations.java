package dev.switchboard;

import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinPool.ForkJoinWorkerThreadFactory;
import java.util.concurrent.ForkJoinWorkerThread;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The threads that calls which answer later go on with after a wait, so that they neither hold up
 * the thread that ends the wait nor run on a timer's or an event loop's. Not the common pool, whose
 * threads do not see the classes of an application that is packed in one jar. Used by this library.
 *
 * @since 0.1
 */
public final class Continuations {

  private static final int THREADS = 64;
  private static final int THREADS_WHILE_SOME_WAIT = 256;

  private static final Executor SHARED =
      new ForkJoinPool(
          THREADS,
          named("switchboard-async-"),
          null,
          true,
          0,
          THREADS_WHILE_SOME_WAIT,
          1,
          pool -> true,
          10,
          TimeUnit.SECONDS);

  private Continuations() {}

  /**
   * Returns the threads: daemons, made as needed up to 64; idle ones go, one after another.
   *
   * @return one executor for all engines
   */
  public static Executor executor() {
    return SHARED;
  }

  private static ForkJoinWorkerThreadFactory named(String prefix) {
    AtomicInteger made = new AtomicInteger();
    return pool -> {
      ForkJoinWorkerThread thread = ForkJoinPool.defaultForkJoinWorkerThreadFactory.newThread(pool);
      thread.setName(prefix + made.incrementAndGet());
      thread.setContextClassLoader(Continuations.class.getClassLoader());
      return thread;
    };
  }
}
