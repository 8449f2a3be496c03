package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that stands still until it is moved. Starts far from zero, as real ones do. */
final class FakeTicker implements Ticker {

  private final AtomicLong nanos = new AtomicLong(-Duration.ofDays(3).toNanos());

  @Override
  public long read() {
    return nanos.get();
  }

  void advance(Duration duration) {
    nanos.addAndGet(duration.toNanos());
  }
}
