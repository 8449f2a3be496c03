package dev.switchboard.retry;

import org.jspecify.annotations.Nullable;

/**
 * What {@link RetryExecutor} attempts.
 *
 * @param <T> what it returns
 * @param <X> the checked exception it throws, {@link RuntimeException} for none
 * @since 0.1
 */
@FunctionalInterface
public interface RetryWork<T extends @Nullable Object, X extends Throwable> {

  /**
   * Makes one attempt.
   *
   * @param context the attempt, also {@link RetryContext#current()} meanwhile
   * @return the result, which ends the invocation
   * @throws X what may be retried
   */
  T run(RetryContext context) throws X;
}
