package dev.switchboard.session;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;

/** Threads whose state a test looks at: it waits until they wait. */
final class Threads {

  private final List<Thread> threads = new ArrayList<>();

  /** Starts threads whose tasks return what {@code call} threw, or null. */
  List<FutureTask<@Nullable Throwable>> start(int size, Callable<?> call) {
    List<FutureTask<@Nullable Throwable>> tasks = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      FutureTask<@Nullable Throwable> task = new FutureTask<>(() -> failureOf(call));
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
      threads.add(thread);
      tasks.add(task);
    }
    return tasks;
  }

  private static @Nullable Throwable failureOf(Callable<?> call) {
    try {
      call.call();
      return null;
    } catch (Throwable failure) {
      return failure;
    }
  }

  void awaitAllWaiting() {
    threads.forEach(Crowd::awaitWaiting);
  }

  void interrupt() {
    threads.forEach(Thread::interrupt);
  }
}
