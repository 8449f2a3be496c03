package dev.switchboard.example.concierge.specialist;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The switches that make one specialist misbehave. Safe for use by several threads. */
public final class Faults {

  /** What every opening and run takes anyway, so that calls can meet. */
  private static final Duration PACE = Duration.ofMillis(20);

  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicInteger modelFailures = new AtomicInteger();
  private volatile int status = 503;
  private volatile Duration delay = Duration.ZERO;
  private volatile boolean down;

  /** Answers the next runs with this HTTP status. */
  public void failNext(int runs, int status) {
    this.status = status;
    failures.set(runs);
  }

  /** Answers the next runs with 200 and an {@code errorCode}. */
  public void failModelNext(int runs) {
    modelFailures.set(runs);
  }

  /** Takes this much longer over every opening and every run. */
  public void slow(Duration delay) {
    this.delay = delay;
  }

  /** Hangs up on every request. */
  public void down(boolean down) {
    this.down = down;
  }

  /** Is well again. */
  public void clear() {
    failures.set(0);
    modelFailures.set(0);
    delay = Duration.ZERO;
    down = false;
  }

  /** How many of the next runs will fail. */
  public int failing() {
    return failures.get() + modelFailures.get();
  }

  public boolean isSlow() {
    return !delay.isZero();
  }

  public boolean isDown() {
    return down;
  }

  /** How the next run fails, or null. */
  @Nullable Reply next() {
    if (takeOne(failures)) {
      return Reply.failure(status);
    }
    return takeOne(modelFailures) ? Reply.MODEL_FAILURE : null;
  }

  private static boolean takeOne(AtomicInteger left) {
    return left.getAndUpdate(n -> Math.max(0, n - 1)) > 0;
  }

  void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(PACE.plus(delay).toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
