package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * What bounds one operation's retries over all requests: a bucket of tokens that retries take, and
 * successes and time bring back. As each second brings one, a missing token is a second until the
 * bucket is full, so that time is all there is to remember. Lock-free.
 */
final class RetryBudget {

  private static final long TOKEN = TimeUnit.SECONDS.toNanos(1);
  private static final long FULL = 0;

  private final Ticker ticker;
  private final long start;
  private final long capacity;
  private final long cost;

  /** When the bucket will be full, in nanoseconds since {@link #start}. */
  private final AtomicLong fullAt = new AtomicLong(FULL);

  RetryBudget(Ticker ticker, int capacity, int cost) {
    this.ticker = ticker;
    this.start = ticker.read();
    this.capacity = capacity * TOKEN;
    this.cost = cost * TOKEN;
  }

  /** Takes the tokens of one retry, if they are there. */
  boolean take() {
    long now = ticker.read() - start;
    long before = fullAt.getAndUpdate(full -> isEnough(full, now) ? missing(full, now) : full);
    return isEnough(before, now);
  }

  /** Gives back the tokens of a retry that was not made. */
  void giveBack() {
    bring(cost, start);
  }

  /**
   * Brings the token of a success, and those of the retry that it was.
   *
   * @param began when the call began, which spares a reading of the clock
   */
  void succeeded(boolean retry, long began) {
    bring(retry ? cost + TOKEN : TOKEN, began);
  }

  int capacity() {
    return (int) (capacity / TOKEN);
  }

  /** The tokens that are there now. */
  double left() {
    long missing = Math.max(0, fullAt.get() - (ticker.read() - start));
    return (double) (capacity - missing) / TOKEN;
  }

  private boolean isEnough(long full, long now) {
    return Math.max(full, now) - now + cost <= capacity;
  }

  private long missing(long full, long now) {
    return Math.max(full, now) + cost;
  }

  /** What was full before a time that has {@code passed} is; what is full since, the next finds. */
  private void bring(long tokens, long passed) {
    if (fullAt.get() != FULL) {
      long before = passed - start;
      fullAt.getAndUpdate(full -> full - tokens <= before ? FULL : full - tokens);
    }
  }
}
