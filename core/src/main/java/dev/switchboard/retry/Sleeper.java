package dev.switchboard.retry;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Waits between two attempts; replaced in tests, which need both ways where they have both kinds of
 * methods. Safe for use by several threads.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface Sleeper {

  /**
   * Returns after the wait.
   *
   * @param wait how long, always positive
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  void sleep(Duration wait) throws InterruptedException;

  /**
   * Completes after the wait, without holding a thread: for methods that return futures and
   * publishers. By default a timer of the JDK's, whatever {@link #sleep} does.
   *
   * @param wait how long, always positive
   * @return completes with null; who no longer waits cancels it
   */
  default CompletableFuture<@Nullable Void> delay(Duration wait) {
    return new CompletableFuture<@Nullable Void>()
        .completeOnTimeout(null, wait.toNanos(), TimeUnit.NANOSECONDS);
  }
}
