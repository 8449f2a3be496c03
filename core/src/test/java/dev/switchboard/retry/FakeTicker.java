package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that tests move. Starts far from zero, as real ones do. */
final class FakeTicker implements Ticker {

  private final AtomicLong nanos = new AtomicLong(-Duration.ofDays(3).toNanos());

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }

  @Override
  public long read() {
    return nanos.get();
  }
}
