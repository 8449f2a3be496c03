package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvocationObserver;
import java.time.Clock;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Collects what an engine is made of. Not safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryExecutorBuilder {

  RetrySettings settings = RetrySettings.defaults();
  Ticker ticker = Ticker.systemTicker();
  Sleeper sleeper = wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos());
  Clock clock = Clock.systemUTC();
  @Nullable RetryObserver observer;
  @Nullable InvocationObserver invocations;

  RetryExecutorBuilder() {}

  /**
   * {@return this builder, with these settings}
   *
   * @param settings {@link RetrySettings#defaults()} by default
   */
  public RetryExecutorBuilder settings(RetrySettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * {@return this builder, with this clock for timeouts, budgets and expiry}
   *
   * @param ticker the system's by default
   */
  public RetryExecutorBuilder ticker(Ticker ticker) {
    this.ticker = ticker;
    return this;
  }

  /**
   * {@return this builder, with this way to wait}
   *
   * @param sleeper blocks the thread by default
   */
  public RetryExecutorBuilder sleeper(Sleeper sleeper) {
    this.sleeper = sleeper;
    return this;
  }

  /**
   * {@return this builder, with this wall clock to read the date of a {@code Retry-After} against}
   *
   * @param clock the system's by default
   */
  public RetryExecutorBuilder clock(Clock clock) {
    this.clock = clock;
    return this;
  }

  /**
   * {@return this builder, with who is told what becomes of retries}
   *
   * @param observer nobody by default
   */
  public RetryExecutorBuilder observer(RetryObserver observer) {
    this.observer = observer;
    return this;
  }

  /**
   * {@return this builder, with who watches invocations}
   *
   * @param invocations nobody by default
   */
  public RetryExecutorBuilder observer(InvocationObserver invocations) {
    this.invocations = invocations;
    return this;
  }

  /** {@return an engine, without any operations yet} */
  public RetryExecutor build() {
    return new RetryExecutor(this);
  }
}
