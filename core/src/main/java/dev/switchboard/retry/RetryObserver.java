package dev.switchboard.retry;

/**
 * Is told what becomes of retries, to count it; {@code RetryMeters} does with Micrometer. In Spring
 * the bean of this type is used. A call that succeeds at once is none of its business.
 *
 * <p>Called on callers' threads, by any number at once; must return at once. What it throws is
 * logged and changes nothing.
 *
 * @since 0.1
 */
public interface RetryObserver {

  /** Why a failure was not retried. */
  enum Stop {
    /** It is not of the kind that is retried. */
    NOT_RETRYABLE,
    /** The request has had all retries of the operation. */
    EXHAUSTED,
    /** The operation's budget has no tokens left. */
    BUDGET,
    /** The time of the invocation would run out, or has. */
    DEADLINE,
    /** {@code Retry-After} asks for a longer wait than allowed. */
    RETRY_AFTER,
    /** The work called {@link RetryContext#giveUp}. */
    GIVEN_UP,
    /** The thread was interrupted, or the future or subscription cancelled. */
    INTERRUPTED
  }

  /**
   * An operation has been made.
   *
   * @param operation the operation
   */
  default void created(RetryOperation operation) {}

  /**
   * A retry has ended.
   *
   * @param operation the operation
   * @param succeeded whether it ended normally
   */
  default void retried(RetryOperation operation, boolean succeeded) {}

  /**
   * A failure reaches the caller.
   *
   * @param operation the operation
   * @param cause why it was not retried
   */
  default void stopped(RetryOperation operation, Stop cause) {}
}
