package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** Runs calls; where someone watches, within the trace of the retry, or else one of their own. */
final class TracedCalls {

  private final SessionCalls calls;
  private final LateCalls late;
  private final Specialists specialists;
  private final @Nullable InvocationObserver observer;

  TracedCalls(
      SessionCalls calls,
      LateCalls late,
      Specialists specialists,
      @Nullable InvocationObserver observer) {
    this.late = late;
    this.calls = calls;
    this.specialists = specialists;
    this.observer = observer;
  }

  /** A call that answers later. {@code method} tells whether it is an attempt of a retried one. */
  LateCall later(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      @Nullable Method method,
      @Nullable String operation,
      ThreadBindings caller) {
    Invocation retried = Invocation.in(caller);
    Invocation attemptOf = retried != null && retried.isAttemptOf(method) ? retried : null;
    Trace outer = attemptOf == null ? null : attemptOf.trace();
    if (observer == null) {
      return late.later(sessions, key, policy, attemptOf, caller, null, null);
    }
    String specialist = specialists.get(key.name()).name().toString();
    if (outer != null) {
      Trace.specialist(outer, specialist);
      return late.later(sessions, key, policy, attemptOf, caller, outer, null);
    }
    Trace own = Trace.start(observer, operation, specialist);
    Trace.leave(own);
    return late.later(sessions, key, policy, attemptOf, caller, own, own);
  }

  /** {@code invocation} is the retried call that this is an attempt of, or null. */
  <T extends @Nullable Object, X extends Throwable> T call(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      @Nullable String operation,
      SessionWork<T, X> work)
      throws X {
    if (observer == null) {
      return calls.call(sessions, key, policy, invocation, null, work);
    }
    String specialist = specialists.get(key.name()).name().toString();
    Trace outer = invocation == null ? null : invocation.trace();
    if (outer != null) {
      Trace.specialist(outer, specialist);
      return calls.call(sessions, key, policy, invocation, outer, work);
    }
    Trace own = Trace.start(observer, operation, specialist);
    try {
      T result = calls.call(sessions, key, policy, invocation, own, work);
      Trace.end(own, null);
      return result;
    } catch (Throwable failure) {
      Trace.end(own, failure);
      throw failure;
    }
  }
}
