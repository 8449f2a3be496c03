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

/** Runs what is due when its clock is advanced; nothing by itself. */
final class FakeScheduler implements Scheduler {

  private record Task(long due, Executor executor, Runnable command, CompletableFuture<?> future) {}

  private final FakeTicker ticker;
  private final List<Task> tasks = new ArrayList<>();

  FakeScheduler(FakeTicker ticker) {
    this.ticker = ticker;
  }

  @Override
  public Future<?> schedule(Executor executor, Runnable command, long delay, TimeUnit unit) {
    CompletableFuture<?> future = new CompletableFuture<>();
    synchronized (tasks) {
      tasks.add(new Task(ticker.read() + unit.toNanos(delay), executor, command, future));
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
      due().forEach(task -> task.executor().execute(task.command()));
    }
  }

  private List<Task> due() {
    List<Task> due = new ArrayList<>();
    synchronized (tasks) {
      for (Iterator<Task> each = tasks.iterator(); each.hasNext(); ) {
        Task task = each.next();
        if (task.future().isCancelled() || task.due() - ticker.read() <= 0) {
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
