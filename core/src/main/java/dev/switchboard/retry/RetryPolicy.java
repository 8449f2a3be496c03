package dev.switchboard.retry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/**
 * What has been said about an operation's retries. What is null or empty has not been said: {@link
 * RetryExecutor#operation} takes it from the settings, then from {@link #defaults()}.
 *
 * @param includes the exception types to retry, causes too; every type where nobody says
 * @param excludes the exception types not to retry, causes too; wins over {@code includes}
 * @param maxRetries retries after the first attempt, in one request
 * @param delay the wait before the first retry
 * @param multiplier what each wait is multiplied by
 * @param maxDelay the longest wait
 * @param jitter how far a wait may randomly differ; the delay where nobody says
 * @param timeout the time for the whole invocation; none where nobody says
 * @since 0.1
 */
public record RetryPolicy(
    List<Class<? extends Throwable>> includes,
    List<Class<? extends Throwable>> excludes,
    @Nullable Integer maxRetries,
    @Nullable Duration delay,
    @Nullable Double multiplier,
    @Nullable Duration maxDelay,
    @Nullable Duration jitter,
    @Nullable Duration timeout) {

  static final RetryPolicy UNSAID = builder().build();

  private static final RetryPolicy DEFAULTS =
      builder()
          .maxRetries(3)
          .delay(Duration.ofMillis(500))
          .multiplier(2)
          .maxDelay(Duration.ofSeconds(10))
          .build();

  /**
   * Says what it is given.
   *
   * @param includes any types
   * @param excludes any types
   * @param maxRetries not negative
   * @param delay not negative
   * @param multiplier at least 1, and finite
   * @param maxDelay at least the delay
   * @param jitter not negative
   * @param timeout positive
   * @throws IllegalArgumentException if a value breaks its rule, which the message gives
   */
  public RetryPolicy {
    includes = List.copyOf(includes);
    excludes = List.copyOf(excludes);
    require(maxRetries == null || maxRetries >= 0, "maxRetries must not be negative", maxRetries);
    require(delay == null || !delay.isNegative(), "delay must not be negative", delay);
    require(
        multiplier == null || Double.isFinite(multiplier),
        "multiplier must be a finite number such as 2",
        multiplier);
    require(multiplier == null || multiplier >= 1, "multiplier must be at least 1", multiplier);
    require(maxDelay == null || !maxDelay.isNegative(), "maxDelay must not be negative", maxDelay);
    require(jitter == null || !jitter.isNegative(), "jitter must not be negative", jitter);
    require(timeout == null || isPositive(timeout), "timeout must be positive", timeout);
    if (delay != null && maxDelay != null && maxDelay.compareTo(delay) < 0) {
      require(false, "maxDelay must be at least the delay of " + text(delay), maxDelay);
    }
  }

  /**
   * The policy of an operation about which nothing is said: 3 retries of whatever may be retried,
   * after 500ms, 1s and 2s, each up to that much longer or shorter, at least 500ms; no timeout.
   *
   * @return the built-in policy
   */
  public static RetryPolicy defaults() {
    return DEFAULTS;
  }

  /** {@return a builder of a policy that says nothing yet} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Says what this policy says and, where it says nothing, what {@code weaker} says.
   *
   * @param weaker the policy that gives way
   * @return both together
   * @throws IllegalArgumentException if the delay of one exceeds the other's maxDelay
   */
  public RetryPolicy orElse(RetryPolicy weaker) {
    return new RetryPolicy(
        includes.isEmpty() ? weaker.includes : includes,
        excludes.isEmpty() ? weaker.excludes : excludes,
        maxRetries == null ? weaker.maxRetries : maxRetries,
        delay == null ? weaker.delay : delay,
        multiplier == null ? weaker.multiplier : multiplier,
        maxDelay == null ? weaker.maxDelay : maxDelay,
        jitter == null ? weaker.jitter : jitter,
        timeout == null ? weaker.timeout : timeout);
  }

  private static boolean isPositive(Duration duration) {
    return !duration.isNegative() && !duration.isZero();
  }

  static void require(boolean valid, String rule, @Nullable Object value) {
    if (!valid) {
      Object shown = value instanceof Duration duration ? text(duration) : value;
      throw new IllegalArgumentException(rule + " but was " + shown);
    }
  }

  private static String text(Duration duration) {
    if (duration.isZero()) {
      return "0s";
    }
    return DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE);
  }

  /**
   * Collects what a policy says. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private final List<Class<? extends Throwable>> includes = new ArrayList<>();
    private final List<Class<? extends Throwable>> excludes = new ArrayList<>();
    private @Nullable Integer maxRetries;
    private @Nullable Duration delay;
    private @Nullable Double multiplier;
    private @Nullable Duration maxDelay;
    private @Nullable Duration jitter;
    private @Nullable Duration timeout;

    private Builder() {}

    /**
     * {@return this builder, to retry this type as well}
     *
     * @param type an exception type, matched on causes too
     */
    public Builder include(Class<? extends Throwable> type) {
      includes.add(type);
      return this;
    }

    /**
     * {@return this builder, not to retry this type either, even if it is included}
     *
     * @param type an exception type, matched on causes too
     */
    public Builder exclude(Class<? extends Throwable> type) {
      excludes.add(type);
      return this;
    }

    /**
     * {@return this builder, to retry so often after the first attempt, in one request}
     *
     * @param maxRetries 0 or more
     */
    public Builder maxRetries(int maxRetries) {
      this.maxRetries = maxRetries;
      return this;
    }

    /**
     * {@return this builder, to wait so long before the first retry}
     *
     * @param delay zero or more
     */
    public Builder delay(Duration delay) {
      this.delay = delay;
      return this;
    }

    /**
     * {@return this builder, to multiply each wait by this for the next}
     *
     * @param multiplier 1 or more
     */
    public Builder multiplier(double multiplier) {
      this.multiplier = multiplier;
      return this;
    }

    /**
     * {@return this builder, to wait at most so long}
     *
     * @param maxDelay the delay or more
     */
    public Builder maxDelay(Duration maxDelay) {
      this.maxDelay = maxDelay;
      return this;
    }

    /**
     * {@return this builder, with waits that randomly differ so far}
     *
     * @param jitter zero or more
     */
    public Builder jitter(Duration jitter) {
      this.jitter = jitter;
      return this;
    }

    /**
     * {@return this builder, with so much time for the whole invocation}
     *
     * @param timeout more than zero
     */
    public Builder timeout(Duration timeout) {
      this.timeout = timeout;
      return this;
    }

    /**
     * {@return the policy}
     *
     * @throws IllegalArgumentException if a value breaks its rule
     */
    public RetryPolicy build() {
      return new RetryPolicy(
          includes, excludes, maxRetries, delay, multiplier, maxDelay, jitter, timeout);
    }
  }
}
