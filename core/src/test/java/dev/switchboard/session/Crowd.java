package dev.switchboard.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Threads for tests; none outlives its call, and a call that hangs fails its test. */
final class Crowd {

  /** What one member of a crowd came to. */
  record Outcome<T>(@Nullable T result, @Nullable Throwable failure) {}

  private Crowd() {}

  static <T> T onAnotherThread(Callable<T> call) {
    return get(start(call));
  }

  static <T> FutureTask<T> start(Callable<T> call) {
    FutureTask<T> task = new FutureTask<>(call);
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
    return task;
  }

  static <T> T get(FutureTask<T> task) {
    try {
      return task.get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        throw failure;
      }
      if (e.getCause() instanceof Error failure) {
        throw failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException | TimeoutException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Runs {@code call} on that many threads that start together. */
  static <T> List<Outcome<T>> run(int size, Callable<T> call) {
    CountDownLatch ready = new CountDownLatch(size);
    List<FutureTask<Outcome<T>>> tasks = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      tasks.add(
          start(
              () -> {
                ready.countDown();
                ready.await();
                try {
                  return new Outcome<>(call.call(), null);
                } catch (Throwable failure) {
                  return new Outcome<>(null, failure);
                }
              }));
    }
    return tasks.stream().map(Crowd::get).toList();
  }

  /** Waits until {@code thread} waits for something other than a short lock. */
  static void awaitWaiting(Thread thread) {
    while (!isWaiting(thread)) {
      if (thread.getState() == Thread.State.TERMINATED) {
        throw new IllegalStateException("the thread has ended instead of waiting");
      }
      Thread.onSpinWait();
    }
  }

  /** Waits until {@code thread} waits for something of this class. */
  static void awaitWaitingOn(Thread thread, String className) {
    while (true) {
      Object blocker = LockSupport.getBlocker(thread);
      if (blocker != null && blocker.getClass().getName().contains(className)) {
        return;
      }
      if (thread.getState() == Thread.State.TERMINATED) {
        throw new IllegalStateException("the thread has ended instead of waiting");
      }
      Thread.onSpinWait();
    }
  }

  private static boolean isWaiting(Thread thread) {
    Object blocker = LockSupport.getBlocker(thread);
    return blocker != null
        && !blocker.getClass().getName().contains("ReentrantLock")
        && (thread.getState() == Thread.State.WAITING
            || thread.getState() == Thread.State.TIMED_WAITING);
  }
}
