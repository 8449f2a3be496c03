package dev.switchboard.retry;

import java.time.Duration;

/**
 * Waits between two attempts; replaced in tests. Safe for use by several threads.
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
}
