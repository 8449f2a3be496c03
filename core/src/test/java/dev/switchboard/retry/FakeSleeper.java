package dev.switchboard.retry;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Notes each wait, and moves the clock by it. */
final class FakeSleeper implements Sleeper {

  private final FakeTicker ticker;
  private final List<Duration> waits = new CopyOnWriteArrayList<>();
  private boolean interrupted;

  FakeSleeper(FakeTicker ticker) {
    this.ticker = ticker;
  }

  /** Lets the next wait end in an interrupt. */
  void interruptNext() {
    interrupted = true;
  }

  List<Duration> waits() {
    return waits;
  }

  @Override
  public CompletableFuture<@Nullable Void> delay(Duration wait) {
    waits.add(wait);
    ticker.advance(wait);
    return CompletableFuture.completedFuture(null);
  }

  @Override
  public void sleep(Duration wait) throws InterruptedException {
    waits.add(wait);
    ticker.advance(wait);
    if (interrupted) {
      interrupted = false;
      throw new InterruptedException("while waiting");
    }
  }
}
