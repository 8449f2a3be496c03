package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Runs what is due when its clock is advanced; nothing by itself. */
final class FakeScheduler implements Scheduler {

  private record Task(
      long due, long delay, Executor executor, Runnable command, CompletableFuture<?> future) {}

  private final FakeTicker ticker;
  private final List<Task> tasks = new ArrayList<>();

  FakeScheduler(FakeTicker ticker) {
    this.ticker = ticker;
  }

  @Override
  public Future<?> schedule(Executor executor, Runnable command, long delay, TimeUnit unit) {
    CompletableFuture<?> future = new CompletableFuture<>();
    synchronized (tasks) {
      long nanos = unit.toNanos(delay);
      tasks.add(new Task(ticker.read() + nanos, nanos, executor, command, future));
    }
    return future;
  }

  /** Moves the clock in steps of half a second, and runs what falls due on the way. */
  void advance(Duration duration) {
    Duration left = duration;
    while (left.compareTo(Duration.ZERO) > 0) {
      Duration step = left.compareTo(Duration.ofMillis(500)) < 0 ? left : Duration.ofMillis(500);
      ticker.advance(step);
      left = left.minus(step);
      run(due(task -> task.due() - ticker.read() <= 0));
      runImmediate();
    }
  }

  /** Runs what was to run at once, off the thread that said so. */
  void runImmediate() {
    run(due(task -> task.delay() <= 0));
  }

  private static void run(List<Task> tasks) {
    tasks.forEach(task -> task.executor().execute(task.command()));
  }

  private List<Task> due(Predicate<Task> chosen) {
    List<Task> due = new ArrayList<>();
    synchronized (tasks) {
      for (Iterator<Task> each = tasks.iterator(); each.hasNext(); ) {
        Task task = each.next();
        if (task.future().isCancelled() || chosen.test(task)) {
          each.remove();
          if (!task.future().isCancelled()) {
            due.add(task);
          }
        }
      }
    }
    return due;
  }
}
