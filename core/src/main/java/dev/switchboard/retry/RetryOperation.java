package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Setting;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * What is retried under one policy: its retries are counted together in each request, and bounded
 * by one budget over all of them. Made once by {@link RetryExecutor#operation} and kept by who
 * calls it. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryOperation {

  private final String name;
  private final RetryPolicy policy;
  private final List<Setting> settings;
  private final int maxRetries;
  private final long timeout;
  private final ExponentialBackOff backOff;
  private final RetryFilter filter;
  private final @Nullable RetryBudget budget;

  RetryOperation(String name, StatedPolicy stated, RetrySettings settings, Ticker ticker) {
    this.name = name;
    this.policy = stated.settle(name);
    this.settings = stated.settings();
    this.maxRetries = settings.enabled() ? Objects.requireNonNull(policy.maxRetries()) : 0;
    this.timeout = policy.timeout() == null ? Long.MAX_VALUE : nanos(policy.timeout());
    this.backOff = backOff(policy);
    this.filter = new RetryFilter(policy);
    this.budget =
        settings.budgetCapacity() == 0
            ? null
            : new RetryBudget(ticker, settings.budgetCapacity(), settings.budgetCost());
  }

  /** {@return how settings and messages call it, {@code Class.method} for an annotated method} */
  public String name() {
    return name;
  }

  /** {@return the policy in force, settings included; only its jitter and timeout may be null} */
  public RetryPolicy policy() {
    return policy;
  }

  /** {@return the same, each part with its origin} */
  public List<Setting> settings() {
    return settings;
  }

  /** {@return the tokens left for retries, empty where retries take none} */
  public OptionalDouble budgetLeft() {
    return budget == null ? OptionalDouble.empty() : OptionalDouble.of(budget.left());
  }

  /** {@return the tokens there are for retries at most, 0 where retries take none} */
  public int budgetCapacity() {
    return budget == null ? 0 : budget.capacity();
  }

  int maxRetries() {
    return maxRetries;
  }

  /** The timeout in nanoseconds, {@link Long#MAX_VALUE} for none. */
  long timeout() {
    return timeout;
  }

  RetryFilter filter() {
    return filter;
  }

  @Nullable RetryBudget budget() {
    return budget;
  }

  /** Starts the waits of one invocation, in nanoseconds. */
  BackOffExecution startBackOff() {
    return backOff.start();
  }

  /** A duration in nanoseconds, the most there are where it is longer. */
  static long nanos(Duration duration) {
    return TimeUnit.NANOSECONDS.convert(duration);
  }

  /** Spring's back-off counts in any unit; nanoseconds lose nothing of a short delay. */
  private static ExponentialBackOff backOff(RetryPolicy policy) {
    Duration delay = Objects.requireNonNull(policy.delay());
    Duration jitter = policy.jitter() == null ? delay : policy.jitter();
    long longest = nanos(Objects.requireNonNull(policy.maxDelay()));
    ExponentialBackOff backOff =
        new ExponentialBackOff(nanos(delay), Objects.requireNonNull(policy.multiplier()));
    backOff.setMaxInterval(longest);
    // Spring multiplies it by how often the first delay goes into a wait, which must not overflow.
    long first = nanos(delay);
    long widest = first == 0 ? 0 : Long.MAX_VALUE / 4 / Math.max(1, longest / first);
    backOff.setJitter(Math.min(nanos(jitter), Math.min(longest, widest)));
    return backOff;
  }

  @Override
  public String toString() {
    return "RetryOperation[" + name + "]";
  }
}
