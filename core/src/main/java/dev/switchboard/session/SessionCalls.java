package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.Trace;
import dev.switchboard.session.SessionObserver.Acquisition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one call within its session: joins, queues, acquires, runs, recovers once, releases. */
final class SessionCalls {

  private static final Logger log = LoggerFactory.getLogger(SessionCalls.class);

  private final SessionStore store;
  private final Specialists specialists;
  private final SessionSettings settings;
  private final SessionDrain drain;
  private final SessionOpenings openings;
  private final SessionExchanges exchanges;
  private final FlightWaits waits;
  private final ExclusiveTurns turns;
  private volatile boolean stopped;

  SessionCalls(
      SessionStore store,
      Specialists specialists,
      SessionSettings settings,
      SessionDrain drain,
      SessionOpenings openings,
      SessionExchanges exchanges,
      FlightWaits waits,
      ExclusiveTurns turns) {
    this.waits = waits;
    this.turns = turns;
    this.store = store;
    this.specialists = specialists;
    this.settings = settings;
    this.drain = drain;
    this.openings = openings;
    this.exchanges = exchanges;
  }

  void start() {
    stopped = false;
  }

  void stop() {
    stopped = true;
  }

  /** Makes a call on this thread, whose bindings {@code thread} are. */
  <T extends @Nullable Object, X extends Throwable> T call(
      @Nullable Object[] thread,
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      @Nullable Trace trace,
      SessionWork<T, X> work)
      throws X {
    SessionContext enclosing = SessionContext.bound(thread);
    SessionContext outer = enclosing == null ? null : enclosing.find(sessions, key);
    SessionContext joined = outer != null && outer.join() ? outer : null;
    SessionContext context = new SessionContext(sessions, key, enclosing, joined, trace);
    try {
      if (joined != null) {
        return joinAndRun(thread, context, policy, invocation, work);
      }
      if (!policy.exclusive()) {
        acquire(context, invocation);
        return runAndEnd(thread, context, policy, invocation, work);
      }
      ExclusiveTurns.Turn turn = turns.take(key);
      try {
        specialists.get(key.name()).events().await(turn, settings.exclusiveWait(), trace);
        context.has(turn);
        acquire(context, null);
        return runAndEnd(thread, context, policy, invocation, work);
      } finally {
        turn.leave();
      }
    } catch (Throwable failure) {
      if (enclosing != null) {
        enclosing.judged(failure);
      }
      throw failure;
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T joinAndRun(
      @Nullable Object[] thread,
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    ExclusiveTurns.Turn turn = policy.exclusive() ? context.shareTurn() : null;
    try {
      if (context.owner().isBereft()) {
        acquireIfBereft(context);
      }
      return run(thread, context, policy, invocation, work);
    } finally {
      try {
        leave(context);
      } finally {
        if (turn != null) {
          turn.leave();
        }
      }
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T runAndEnd(
      @Nullable Object[] thread,
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    try {
      return run(thread, context, policy, invocation, work);
    } finally {
      end(context);
    }
  }

  void refuseIfStopped() {
    if (stopped) {
      throw new CallRefusedException("Sessions are closed: the application stops", null);
    }
  }

  private void acquire(SessionContext context, @Nullable Invocation attemptOf) {
    refuseIfStopped();
    Acquisition outcome = Acquisition.FAILED;
    try {
      outcome = openings.acquire(context, attemptOf);
    } finally {
      specialists.acquired(context.key().name(), outcome);
    }
  }

  /**
   * Acquires on behalf of the owner, who may be over and then hears of nothing any more. Other
   * calls that have joined may be about to, too: one of them does, and holds up no others.
   */
  private void acquireIfBereft(SessionContext context) {
    SessionContext owner = context.owner();
    Lock reopening = owner.reopening();
    waits.lock(reopening, context.key(), settings.openTimeout());
    try {
      if (exchanges.isBereft(owner)) {
        SessionContext successor = owner.successor(context);
        acquire(successor, null);
        exchange(owner, null, successor);
      }
    } finally {
      reopening.unlock();
    }
  }

  /** Lets what {@code successor} has take the place of a lost session, unless another has. */
  void exchange(SessionContext owner, @Nullable Session lost, SessionContext successor) {
    if (!exchanges.takeOver(owner, lost, successor)) {
      end(successor);
    }
  }

  void end(SessionContext context) {
    context.end();
    exchanges.handOver(context);
    if (context.isLast()) {
      giveBack(context);
    }
  }

  /** A call is over that has joined another's session. */
  void leave(SessionContext context) {
    context.end();
    if (context.leave()) {
      exchanges.handOver(context.owner());
      giveBack(context.owner());
    }
  }

  private void giveBack(SessionContext owner) {
    Session session = owner.sessionOrNull();
    if (session != null) {
      try {
        store.touch(session);
      } catch (RuntimeException e) {
        // The call is over, and what has become of it stays as it is.
        log.debug("The store could not note a use of session {}", session, e);
      } finally {
        drain.release(session);
      }
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T run(
      @Nullable Object[] thread,
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    SessionContext outer = SessionContext.bind(thread, context);
    try {
      T result = runAndRecover(context, policy, invocation, work);
      context.markUsed();
      return result;
    } finally {
      SessionContext.bind(thread, outer);
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T runAndRecover(
      SessionContext context,
      SessionPolicy policy,
      @Nullable Invocation invocation,
      SessionWork<T, X> work)
      throws X {
    context.begin();
    try {
      return work.run(context);
    } catch (Throwable failure) {
      Session lost = exchanges.forgetIfLost(context, policy, failure);
      if (lost == null) {
        throw failure;
      }
      if (invocation != null && !invocation.spendRecovery(context.key())) {
        throw SessionLostException.again(context.key(), failure);
      }
      Trace.event(context.trace(), Event.REOPEN);
      reopen(context, lost, failure);
    }
    context.begin();
    try {
      return work.run(context);
    } catch (Throwable failure) {
      if (exchanges.forgetIfLost(context, policy, failure) != null) {
        throw SessionLostException.again(context.key(), failure);
      }
      throw failure;
    }
  }

  private void reopen(SessionContext context, Session lost, Throwable failure) {
    log.debug("Session {} is lost; opening another", lost);
    try {
      exchanges.drop(context.owner(), lost);
      acquireIfBereft(context);
    } catch (Throwable reopening) {
      reopening.addSuppressed(failure);
      throw reopening;
    }
  }
}
