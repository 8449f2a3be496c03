package dev.switchboard.session;

import dev.switchboard.Continuations;
import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One call that answers later, within its session: does what {@link SessionCalls} does for those
 * that answer at once, step by step, for the future or the publisher that drives it. Each step
 * follows the one before; only {@link #cancel} may come at any time, from any thread.
 */
final class LateCall {

  private final LateCalls calls;
  private final SessionContext context;
  private final SessionPolicy policy;
  private final boolean queues;
  private final ThreadBindings caller;
  private final @Nullable Invocation attemptOf;
  private final @Nullable Trace own;
  private final ThreadBindings bindings;
  private final LateHold hold;
  private boolean recovered;

  /**
   * Creates a call that nothing has happened in yet.
   *
   * @param queues whether it waits for its turn before it has a session
   * @param turn that it shares with the call around it, or null
   * @param caller what the caller worked for
   * @param attemptOf the retried call that this is an attempt of, or null
   * @param own the trace that ends with this call, or null where it has none of its own
   */
  LateCall(
      LateCalls calls,
      SessionContext context,
      SessionPolicy policy,
      boolean queues,
      ExclusiveTurns.@Nullable Turn turn,
      ThreadBindings caller,
      @Nullable Invocation attemptOf,
      @Nullable Trace own) {
    this.calls = calls;
    this.context = context;
    this.policy = policy;
    this.queues = queues;
    this.hold = new LateHold(calls, context, turn);
    this.caller = caller;
    this.attemptOf = attemptOf;
    this.own = own;
    this.bindings = context.within(caller);
  }

  /** What the method's body works for. */
  ThreadBindings bindings() {
    return bindings;
  }

  @Nullable Trace own() {
    return own;
  }

  /** Completes, with true, once the call has its session. */
  CompletableFuture<Boolean> begin() {
    if (context.owner() != context) {
      return CompletableFuture.completedFuture(true);
    }
    if (!queues) {
      return acquire();
    }
    ExclusiveTurns.Turn taken = hold.takeTurn();
    return taken == null
        ? CompletableFuture.failedFuture(new CancellationException())
        : calls.awaitTurn(taken, Invocation.in(caller), context).thenCompose(first -> acquire());
  }

  private CompletableFuture<Boolean> acquire() {
    return busily(
        () ->
            calls
                .acquireLater(context, caller)
                .thenApply(
                    done -> {
                      hold.acquired();
                      return true;
                    }));
  }

  /** Makes a step within which the call keeps what it has, even if it is ended meanwhile. */
  private CompletableFuture<Boolean> busily(Supplier<CompletableFuture<Boolean>> step) {
    if (!hold.beginStep()) {
      return CompletableFuture.failedFuture(new CancellationException());
    }
    return goOn(step.get().whenComplete((done, failure) -> hold.endStep()));
  }

  /**
   * The method's body is about to run on this thread; until {@link #exit} a call that is cancelled
   * keeps what it has. Numbers the run; 0 where the call has ended: the body must not run.
   */
  int enter() {
    return hold.enterBody();
  }

  /** The body has returned, and what it answers with hears of a cancellation from now on. */
  void exit(int run) {
    hold.exitBody(run);
  }

  /** Runs the method's body on this thread, which returns what answers later. */
  <R extends @Nullable Object> R run(SessionWork<R, ?> body) throws Throwable {
    context.begin();
    ThreadBindings before = bindings.bind();
    Trace.Visit visit = Trace.enter(context.trace());
    try {
      return body.run(context);
    } finally {
      visit.close();
      before.bind();
    }
  }

  /**
   * Judges a failure of the body. Completes, with true, where the session was lost and has been
   * replaced, so that the body is to run once more; fails with what reaches the caller otherwise.
   *
   * @param again whether the body may run once more
   */
  CompletableFuture<Boolean> recover(Throwable failure, boolean again) {
    return busily(() -> judge(failure, again).thenCompose(lost -> reopen(lost, failure)));
  }

  /** A connector may ask its specialist: not on the thread that brought the answer. */
  private CompletableFuture<Session> judge(Throwable failure, boolean again) {
    try {
      return calls.judge(context, bindings, () -> lost(failure, again));
    } catch (Throwable refused) {
      failure.addSuppressed(refused);
      return CompletableFuture.failedFuture(failure);
    }
  }

  private Session lost(Throwable failure, boolean again) {
    Session lost = calls.forgetIfLost(context, policy, failure);
    if (lost == null || !again) {
      throw new CompletionException(failure);
    }
    if (recovered || (attemptOf != null && !attemptOf.spendRecovery(context.key()))) {
      throw SessionLostException.again(context.key(), failure);
    }
    recovered = true;
    return lost;
  }

  private CompletableFuture<Boolean> reopen(Session lost, Throwable failure) {
    Trace.event(context.trace(), Event.REOPEN);
    SessionContext successor = context.owner().successor(context);
    return calls
        .acquireLater(successor, caller)
        .handle(
            (done, reopening) -> {
              if (reopening != null) {
                Throwable cause = Claims.cause(reopening);
                cause.addSuppressed(failure);
                throw new CompletionException(cause);
              }
              calls.exchange(context.owner(), lost, successor);
              return true;
            });
  }

  /** The body's answer has come to its end normally. */
  void succeed() {
    context.markUsed();
    end(null);
  }

  /** The body's work is over: ends the call, unless it has ended. */
  void end(@Nullable Throwable failure) {
    end(failure, false);
  }

  /** The caller wants no answer any more: ends the call, unless it has ended. */
  void cancel(@Nullable Throwable failure) {
    end(failure, true);
  }

  /** {@code failure} is what reaches the caller, or null. */
  private void end(@Nullable Throwable failure, boolean bodyMayRun) {
    if (!hold.end(bodyMayRun)) {
      return;
    }
    SessionContext enclosing = context.enclosing();
    if (failure != null && enclosing != null) {
      enclosing.judged(failure);
    }
    hold.giveBackIfEnded();
    Trace.end(own, failure);
  }

  /** What follows a wait runs on a continuation's thread, not on that of who ended the wait. */
  private static <T> CompletableFuture<T> goOn(CompletableFuture<T> step) {
    return step.isDone()
        ? step
        : step.whenCompleteAsync((done, failure) -> {}, Continuations.executor());
  }
}
