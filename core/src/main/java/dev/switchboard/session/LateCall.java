package dev.switchboard.session;

import dev.switchboard.Continuations;
import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One call that answers later, within its session: does what {@link SessionCalls} does for those
 * that answer at once, step by step, for the future or the publisher that drives it. Each step
 * follows the one before; only {@link #end} may come at any time, from any thread.
 */
final class LateCall {

  private final LateCalls calls;
  private final SessionContext context;
  private final SessionPolicy policy;
  private final ThreadBindings caller;
  private final @Nullable Invocation attemptOf;
  private final @Nullable Trace own;
  private final ThreadBindings bindings;

  /** Guards what follows: a call that ends while it acquires gives back what it then gets. */
  private final ReentrantLock ending = new ReentrantLock();

  /** A session joined, in use by this call as well: who opened it may end before. */
  private @Nullable Session held;

  private ExclusiveTurns.@Nullable Turn turn;
  private boolean acquiring;
  private boolean acquired;
  private boolean recovered;
  private boolean ended;

  /**
   * Creates a call that nothing has happened in yet.
   *
   * @param caller what the caller worked for
   * @param attemptOf the retried call that this is an attempt of, or null
   * @param own the trace that ends with this call, or null where it has none of its own
   */
  LateCall(
      LateCalls calls,
      SessionContext context,
      SessionPolicy policy,
      ThreadBindings caller,
      @Nullable Invocation attemptOf,
      @Nullable Trace own,
      @Nullable Session held) {
    this.calls = calls;
    this.context = context;
    this.policy = policy;
    this.caller = caller;
    this.attemptOf = attemptOf;
    this.own = own;
    this.held = held;
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
    if (!policy.exclusive()) {
      return acquire(context);
    }
    turn = calls.takeTurn(context.key());
    return calls
        .awaitTurn(turn, Invocation.in(caller), context)
        .thenCompose(first -> acquire(context));
  }

  private CompletableFuture<Boolean> acquire(SessionContext target) {
    ending.lock();
    try {
      if (ended) {
        return CompletableFuture.failedFuture(new CancellationException());
      }
      acquiring = true;
    } finally {
      ending.unlock();
    }
    return goOn(
        calls
            .acquireLater(target, caller)
            .handle(
                (done, failure) -> {
                  acquired(target, failure == null);
                  if (failure != null) {
                    throw new CompletionException(Claims.cause(failure));
                  }
                  return true;
                }));
  }

  private void acquired(SessionContext target, boolean succeeded) {
    boolean over;
    ending.lock();
    try {
      acquiring = false;
      over = ended;
      acquired |= succeeded && target == context;
    } finally {
      ending.unlock();
    }
    if (over) {
      if (succeeded && target != context) {
        calls.end(target);
      }
      leave();
    }
  }

  /** Runs the method's body on this thread, which returns what answers later. */
  <R extends @Nullable Object> R run(SessionWork<R, ?> body) throws Throwable {
    ThreadBindings before = bindings.bind();
    Trace.enter(own);
    try {
      return body.run(context);
    } finally {
      Trace.leave(own);
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
    try {
      // A connector that judges may ask its specialist: not on the thread that brought the answer.
      return goOn(
          CompletableFuture.supplyAsync(
                  () -> lost(failure, again), calls.threads(context.key().name()))
              .thenCompose(lost -> reopen(lost, failure)));
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
    SessionContext successor = context.owner().successor();
    return acquire(successor)
        .handle(
            (done, reopening) -> {
              if (reopening != null) {
                Throwable cause = Claims.cause(reopening);
                cause.addSuppressed(failure);
                throw new CompletionException(cause);
              }
              if (!calls.exchange(context.owner(), lost, successor)) {
                throw new CompletionException(failure);
              }
              hold();
              return true;
            });
  }

  private void hold() {
    Session before;
    ending.lock();
    try {
      before = held;
      if (before == null) {
        return;
      }
      Session now = context.sessionOrNull();
      held = now != null && now.acquire() ? now : null;
    } finally {
      ending.unlock();
    }
    calls.release(before);
  }

  /** The body's answer has come to its end normally. */
  void succeed() {
    Session session = context.sessionOrNull();
    if (session != null) {
      session.markUsed();
    }
    end(null);
  }

  /** Ends the call, once; {@code failure} is what reaches the caller, or null. */
  void end(@Nullable Throwable failure) {
    boolean now;
    ending.lock();
    try {
      if (ended) {
        return;
      }
      ended = true;
      now = !acquiring;
    } finally {
      ending.unlock();
    }
    SessionContext enclosing = context.enclosing();
    if (failure != null && enclosing != null) {
      enclosing.judged(failure);
    }
    if (now) {
      leave();
    }
    Trace.end(own, failure);
  }

  /** Gives back what the call has; what it is about to acquire is given back once it is there. */
  private void leave() {
    Session joined;
    boolean mine;
    ending.lock();
    try {
      joined = held;
      held = null;
      mine = acquired;
      acquired = false;
    } finally {
      ending.unlock();
    }
    if (mine) {
      calls.end(context);
    }
    if (joined != null) {
      calls.release(joined);
    }
    if (turn != null) {
      turn.leave();
      turn.cancel(false);
    }
  }

  /** What follows a wait runs on a continuation's thread, not on that of who ended the wait. */
  private static <T> CompletableFuture<T> goOn(CompletableFuture<T> step) {
    return step.isDone()
        ? step
        : step.whenCompleteAsync((done, failure) -> {}, Continuations.executor());
  }
}
