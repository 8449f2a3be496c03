package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/**
 * What a call does with its session; run once more where the session turns out to be lost.
 *
 * @param <T> what it returns
 * @param <X> what it throws
 * @since 0.1
 */
@FunctionalInterface
public interface SessionWork<T extends @Nullable Object, X extends Throwable> {

  /**
   * Calls the specialist.
   *
   * @param session this call's session, also {@link SessionContext#current()} meanwhile
   * @return the call's result
   * @throws X the call's failure
   */
  T run(SessionContext session) throws X;
}
