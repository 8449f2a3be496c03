package dev.switchboard.retry;

import dev.switchboard.Continuations;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ReturnKind;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes the attempts of a call that answers with a future, which this is. Whoever completes it,
 * such as by cancelling, ends the call.
 */
final class RetriedFuture<T extends @Nullable Object> extends CompletableFuture<T> {

  private final RetryExecutor engine;
  private final RetryContext context;
  private final RetryWork<? extends CompletionStage<T>, ?> work;
  private final ThreadBindings within;
  private final AtomicBoolean ended = new AtomicBoolean();
  private @Nullable RetryDecision decision;

  /** The attempt or the wait that goes on. */
  private volatile @Nullable CompletableFuture<?> step;

  RetriedFuture(
      RetryExecutor engine,
      RetryContext context,
      ThreadBindings caller,
      RetryWork<? extends CompletionStage<T>, ?> work) {
    this.within = context.within(caller);
    this.engine = engine;
    this.context = context;
    this.work = work;
  }

  CompletableFuture<T> start() {
    var unused = whenComplete((result, failure) -> end(failure));
    attempt();
    return this;
  }

  private void attempt() {
    Trace trace = context.trace();
    Trace.event(trace, Event.ATTEMPT);
    CompletableFuture<T> attempt;
    try {
      attempt = started(trace);
    } catch (Throwable failure) {
      failed(failure);
      return;
    }
    begin(attempt);
    var unused =
        attempt.whenComplete(
            (result, failure) -> {
              if (failure == null) {
                engine.succeeded(context);
                end(null);
                complete(result);
              } else {
                failed(unwrapped(failure));
              }
            });
  }

  private CompletableFuture<T> started(@Nullable Trace trace) throws Throwable {
    Trace.Visit visit = Trace.enter(trace);
    try {
      return ReturnKind.<T>future(context.attempt(within, work), context.operation().name())
          .toCompletableFuture();
    } finally {
      visit.close();
    }
  }

  private void failed(Throwable failure) {
    if (decision == null) {
      decision = engine.decision(context);
    }
    long wait = decision.after(failure, isDone());
    if (wait == RetryDecision.STOP) {
      fail(decision, failure);
      return;
    }
    CompletableFuture<@Nullable Void> delay = engine.delay(wait);
    if (wait > 0) {
      Trace.event(context.trace(), Event.WAIT);
    }
    RetryDecision decided = decision;
    begin(delay); // first, as without a delay the next attempt begins at once
    var unused =
        delay.whenCompleteAsync(
            (done, cancelled) -> {
              if (decided.mayBegin(cancelled == null && !isDone())) {
                attempt();
              } else {
                fail(decided, failure);
              }
            },
            Continuations.executor());
  }

  private void fail(RetryDecision decided, Throwable failure) {
    decided.settle(failure);
    end(failure);
    completeExceptionally(failure);
  }

  private void begin(CompletableFuture<?> next) {
    step = next;
    if (isDone()) {
      next.cancel(true);
    }
  }

  /** Once, before who waits for the result goes on, unless it was completed from outside. */
  private void end(@Nullable Throwable failure) {
    if (ended.compareAndSet(false, true)) {
      Trace.end(context.trace(), failure);
    }
    CompletableFuture<?> last = step;
    if (last != null) {
      last.cancel(true);
    }
  }

  private static Throwable unwrapped(Throwable failure) {
    return failure instanceof CompletionException && failure.getCause() != null
        ? failure.getCause()
        : failure;
  }
}
