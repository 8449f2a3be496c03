package dev.switchboard.retry;

import dev.switchboard.Setting;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * The settings of {@code switchboard.retry.*}: what holds for every operation, and what single
 * operations are told instead of their own policy. Plain Spring applications declare one as a bean.
 *
 * @param enabled whether anything is retried at all; contexts work either way
 * @param policy what holds where an operation's own policy says nothing
 * @param operations what holds instead of an operation's own policy, by {@code Class.method}; case,
 *     dashes and underscores do not matter
 * @param maxRetryAfter the longest {@code Retry-After} of a failed HTTP call that a retry waits for
 * @param budgetCapacity the tokens each operation has for its retries over all requests; a success
 *     and a second bring one each
 * @param budgetCost the tokens a retry takes until it succeeds
 * @param maxRequests how many {@link RequestId} values have their retries remembered
 * @param requestExpiry how long after their last use they have
 * @param lenientWiring whether settings for an operation that no bean has are logged, not refused
 * @since 0.1
 */
public record RetrySettings(
    boolean enabled,
    RetryPolicy policy,
    Map<String, RetryPolicy> operations,
    Duration maxRetryAfter,
    int budgetCapacity,
    int budgetCost,
    int maxRequests,
    Duration requestExpiry,
    boolean lenientWiring) {

  private static final RetrySettings DEFAULTS = builder().build();

  /**
   * Sets everything; a {@link #builder()} starts from the defaults.
   *
   * @param enabled either
   * @param policy any
   * @param operations by names that differ in more than case, dashes and underscores
   * @param maxRetryAfter not negative
   * @param budgetCapacity 1 or more, or 0 for no budget
   * @param budgetCost at least 1, at most the capacity
   * @param maxRequests at least 1
   * @param requestExpiry positive
   * @param lenientWiring either
   * @throws IllegalArgumentException if a value breaks its rule, which the message gives
   */
  public RetrySettings {
    operations = Map.copyOf(operations);
    RetryPolicy.require(
        !maxRetryAfter.isNegative(), "maxRetryAfter must not be negative", maxRetryAfter);
    RetryPolicy.require(budgetCapacity >= 0, "budgetCapacity must not be negative", budgetCapacity);
    RetryPolicy.require(budgetCost >= 1, "budgetCost must be at least 1", budgetCost);
    RetryPolicy.require(
        budgetCapacity == 0 || budgetCost <= budgetCapacity,
        "budgetCost must be at most the budget's capacity of " + budgetCapacity,
        budgetCost);
    RetryPolicy.require(maxRequests >= 1, "maxRequests must be at least 1", maxRequests);
    RetryPolicy.require(
        !requestExpiry.isNegative() && !requestExpiry.isZero(),
        "requestExpiry must be positive",
        requestExpiry);
  }

  /** {@return the settings of an application that sets nothing} */
  public static RetrySettings defaults() {
    return DEFAULTS;
  }

  /** {@return a builder that starts from the defaults} */
  public static Builder builder() {
    return new Builder();
  }

  /** All that is said about an operation whose own policy is {@code stated} at {@code place}. */
  StatedPolicy policyFor(String operation, String place, RetryPolicy stated) {
    StatedPolicy all = new StatedPolicy();
    for (Map.Entry<String, RetryPolicy> entry : operations.entrySet()) {
      if (isSame(entry.getKey(), operation)) {
        all.add("switchboard.retry.operations." + entry.getKey() + ".", entry.getValue());
      }
    }
    return all.add(place, stated)
        .add("switchboard.retry.", policy)
        .add(Setting.DEFAULT, RetryPolicy.defaults());
  }

  /** Whether two operations' names are alike but for case, dashes and underscores. */
  static boolean isSame(String one, String other) {
    return canonical(one).equals(canonical(other));
  }

  private static String canonical(String operation) {
    return operation.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
  }

  /**
   * Collects settings. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private boolean enabled = true;
    private RetryPolicy policy = RetryPolicy.UNSAID;
    private final Map<String, RetryPolicy> operations = new LinkedHashMap<>();
    private Duration maxRetryAfter = Duration.ofSeconds(30);
    private int budgetCapacity = 500;
    private int budgetCost = 14;
    private int maxRequests = 10_000;
    private Duration requestExpiry = Duration.ofMinutes(10);
    private boolean lenientWiring;

    private Builder() {}

    /**
     * {@return this builder, to retry or not to}
     *
     * @param enabled true by default
     */
    public Builder enabled(boolean enabled) {
      this.enabled = enabled;
      return this;
    }

    /**
     * {@return this builder, with what holds where an operation's own policy says nothing}
     *
     * @param policy says nothing by default, which leaves it to {@link RetryPolicy#defaults()}
     */
    public Builder policy(RetryPolicy policy) {
      this.policy = policy;
      return this;
    }

    /**
     * {@return this builder, with what holds for one operation instead of its own policy}
     *
     * @param name {@code Class.method}
     * @param policy what wins
     */
    public Builder operation(String name, RetryPolicy policy) {
      operations.put(name, policy);
      return this;
    }

    /**
     * {@return this builder, to wait for a {@code Retry-After} up to this long}
     *
     * @param maxRetryAfter 30s by default
     */
    public Builder maxRetryAfter(Duration maxRetryAfter) {
      this.maxRetryAfter = maxRetryAfter;
      return this;
    }

    /**
     * {@return this builder, with this budget for each operation}
     *
     * @param capacity in tokens, 500 by default; 0 for no budget
     * @param cost in tokens a retry, 14 by default
     */
    public Builder budget(int capacity, int cost) {
      this.budgetCapacity = capacity;
      this.budgetCost = cost;
      return this;
    }

    /**
     * {@return this builder, to remember so many {@link RequestId} values for so long}
     *
     * @param maximum 10000 by default
     * @param expiry time since their last use, 10m by default
     */
    public Builder requests(int maximum, Duration expiry) {
      this.maxRequests = maximum;
      this.requestExpiry = expiry;
      return this;
    }

    /**
     * {@return this builder, to log settings for an operation that no bean has, or refuse them}
     *
     * @param lenientWiring false by default
     */
    public Builder lenientWiring(boolean lenientWiring) {
      this.lenientWiring = lenientWiring;
      return this;
    }

    /**
     * {@return the settings}
     *
     * @throws IllegalArgumentException if a value breaks its rule
     */
    public RetrySettings build() {
      return new RetrySettings(
          enabled,
          policy,
          operations,
          maxRetryAfter,
          budgetCapacity,
          budgetCost,
          maxRequests,
          requestExpiry,
          lenientWiring);
    }
  }
}
