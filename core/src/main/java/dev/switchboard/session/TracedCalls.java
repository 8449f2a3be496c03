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
    Invocation attemptOf = attemptOf(method, Invocation.in(caller));
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

  /** A call that answers with its return. */
  <T extends @Nullable Object, X extends Throwable> T call(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      @Nullable Method method,
      @Nullable String operation,
      SessionWork<T, X> work)
      throws X {
    @Nullable Object[] thread = ThreadBindings.thread();
    Invocation attemptOf = attemptOf(method, Invocation.current(thread));
    if (observer == null) {
      return calls.call(thread, sessions, key, policy, attemptOf, null, work);
    }
    String specialist = specialists.get(key.name()).name().toString();
    Trace outer = attemptOf == null ? null : attemptOf.trace();
    if (outer != null) {
      Trace.specialist(outer, specialist);
      return calls.call(thread, sessions, key, policy, attemptOf, outer, work);
    }
    Trace own = Trace.start(observer, operation, specialist);
    try {
      T result = calls.call(thread, sessions, key, policy, attemptOf, own, work);
      Trace.end(own, null);
      return result;
    } catch (Throwable failure) {
      Trace.end(own, failure);
      throw failure;
    }
  }

  /** The retried call that one of {@code method} is an attempt of, or null. */
  private static @Nullable Invocation attemptOf(
      @Nullable Method method, @Nullable Invocation retried) {
    return retried != null && retried.isAttemptOf(method) ? retried : null;
  }
}
