package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import dev.switchboard.session.SessionObserver.Acquisition;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Begins calls that answer later, and has the steps that these are made of. */
final class LateCalls {

  private final SessionCalls calls;
  private final SessionExchanges exchanges;
  private final Specialists specialists;
  private final SessionSettings settings;
  private final LateOpenings openings;
  private final ExclusiveTurns turns;
  private final ConnectorThreads judges;

  LateCalls(
      SessionCalls calls,
      SessionExchanges exchanges,
      Specialists specialists,
      SessionSettings settings,
      LateOpenings openings,
      ExclusiveTurns turns,
      ConnectorThreads judges) {
    this.calls = calls;
    this.exchanges = exchanges;
    this.specialists = specialists;
    this.settings = settings;
    this.openings = openings;
    this.turns = turns;
    this.judges = judges;
  }

  /** A call that answers later; nothing has happened in it yet. */
  LateCall later(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      @Nullable Invocation attemptOf,
      ThreadBindings caller,
      @Nullable Trace trace,
      @Nullable Trace own) {
    SessionContext enclosing = SessionContext.in(caller);
    SessionContext outer = enclosing == null ? null : enclosing.find(sessions, key);
    boolean joins = outer != null && !outer.owner().isBereft() && outer.join();
    SessionContext context =
        new SessionContext(sessions, key, enclosing, joins ? outer : null, trace);
    // Who is nested never queues: the call around it has the turn, and waits for it.
    boolean queues = policy.exclusive() && outer == null;
    ExclusiveTurns.Turn shared = policy.exclusive() && outer != null ? outer.shareTurn() : null;
    return new LateCall(this, context, policy, queues, shared, caller, attemptOf, own);
  }

  ExclusiveTurns.Turn takeTurn(SessionKey key) {
    return turns.take(key);
  }

  CompletableFuture<@Nullable Void> awaitTurn(
      ExclusiveTurns.Turn turn, @Nullable Invocation invocation, SessionContext context) {
    SpecialistEvents events = specialists.get(context.key().name()).events();
    return events.awaitLater(turn, settings.exclusiveWait(), invocation, context.trace());
  }

  CompletableFuture<Acquisition> acquireLater(SessionContext context, ThreadBindings caller) {
    CompletableFuture<Acquisition> acquired;
    try {
      calls.refuseIfStopped();
      acquired = openings.acquire(context, caller);
    } catch (CallRefusedException stopped) {
      return CompletableFuture.failedFuture(stopped);
    } catch (Throwable failure) {
      acquired = CompletableFuture.failedFuture(failure);
    }
    SpecialistName name = context.key().name();
    return acquired.whenComplete(
        (outcome, failure) ->
            specialists.acquired(name, failure == null ? outcome : Acquisition.FAILED));
  }

  /** Judges a failure where a connector may block, and waits for no opening. */
  CompletableFuture<Session> judge(
      SessionContext context, ThreadBindings bindings, Supplier<Session> judgement) {
    return judges.supply(context.key().name(), bindings, context.trace(), judgement);
  }

  void end(SessionContext context) {
    calls.end(context);
  }

  void leave(SessionContext context) {
    calls.leave(context);
  }

  @Nullable Session forgetIfLost(SessionContext context, SessionPolicy policy, Throwable failure) {
    return exchanges.forgetIfLost(context, policy, failure);
  }

  /** Lets the session of {@code successor} take the place of a lost one, unless another has. */
  void exchange(SessionContext owner, Session lost, SessionContext successor) {
    calls.exchange(owner, lost, successor);
  }
}
