package dev.switchboard.autoconfigure;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code switchboard.retry.*} says. The annotation wins over it, but {@code operations} win
 * over the annotation. The engine has the defaults of what is null here, and knows what is one.
 *
 * @param enabled Whether anything is retried at all.
 * @param includes Exception types to retry, causes too. Every type where empty.
 * @param excludes Exception types not to retry, causes too. Wins over the types included.
 * @param maxRetries Retries after the first attempt, in one request.
 * @param delay The wait before the first retry.
 * @param multiplier What each wait is multiplied by for the next.
 * @param maxDelay The longest wait. At least the delay.
 * @param jitter How far a wait may randomly differ. The delay by default.
 * @param timeout The time for a whole invocation, attempts and waits together. None by default.
 * @param maxRetryAfter The longest Retry-After of a failed HTTP call that a retry waits for.
 * @param maxRequests How many request ids have their retries remembered.
 * @param requestExpiry How long after their last use request ids have their retries remembered.
 * @param budget What bounds the retries of an operation when everything fails.
 * @param operations Single operations by class and method, stronger than their annotations. Case,
 *     dashes and underscores in names do not matter.
 * @since 0.1
 */
@ConfigurationProperties("switchboard.retry")
public record RetryProperties(
    @DefaultValue("true") boolean enabled,
    @DefaultValue List<Class<?>> includes,
    @DefaultValue List<Class<?>> excludes,
    @Nullable Integer maxRetries,
    @Nullable Duration delay,
    @Nullable Double multiplier,
    @Nullable Duration maxDelay,
    @Nullable Duration jitter,
    @Nullable Duration timeout,
    @DefaultValue("30s") Duration maxRetryAfter,
    @DefaultValue("10000") int maxRequests,
    @DefaultValue("10m") Duration requestExpiry,
    @DefaultValue Budget budget,
    @DefaultValue Map<String, Map<String, Operation>> operations) {

  /**
   * A bucket of tokens for each operation. A success and a second bring one each.
   *
   * @param enabled Whether retries take tokens at all.
   * @param capacity How many tokens an operation has for its retries over all requests.
   * @param cost How many tokens a retry takes until it succeeds.
   */
  public record Budget(
      @DefaultValue("true") boolean enabled,
      @DefaultValue("500") int capacity,
      @DefaultValue("14") int cost) {}

  /**
   * What is said about one operation instead of its annotation.
   *
   * @param includes Exception types to retry, causes too.
   * @param excludes Exception types not to retry, causes too. Wins over the types included.
   * @param maxRetries Retries after the first attempt, in one request.
   * @param delay The wait before the first retry.
   * @param multiplier What each wait is multiplied by for the next.
   * @param maxDelay The longest wait. At least the delay.
   * @param jitter How far a wait may randomly differ.
   * @param timeout The time for a whole invocation, attempts and waits together.
   */
  public record Operation(
      @DefaultValue List<Class<?>> includes,
      @DefaultValue List<Class<?>> excludes,
      @Nullable Integer maxRetries,
      @Nullable Duration delay,
      @Nullable Double multiplier,
      @Nullable Duration maxDelay,
      @Nullable Duration jitter,
      @Nullable Duration timeout) {}
}
