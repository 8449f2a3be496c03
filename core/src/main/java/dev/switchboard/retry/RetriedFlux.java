package dev.switchboard.retry;

import dev.switchboard.Continuations;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.retry.Retry;

/** Makes the attempts of one subscription to a call that answers with a publisher. */
final class RetriedFlux<T> {

  private static final Scheduler CONTINUATIONS =
      Schedulers.fromExecutor(Continuations.executor(), true);

  private final RetryExecutor engine;
  private final RetryContext context;
  private final RetryWork<? extends Publisher<T>, ?> work;
  private final ThreadBindings within;
  private final @Nullable Trace trace;
  private @Nullable RetryDecision decision;
  private volatile boolean emitted;

  RetriedFlux(
      RetryExecutor engine,
      RetryContext context,
      ThreadBindings caller,
      RetryWork<? extends Publisher<T>, ?> work) {
    this.within = context.within(caller);
    this.engine = engine;
    this.context = context;
    this.work = work;
    this.trace = context.trace();
  }

  Flux<T> flux() {
    return Flux.defer(this::attempt)
        .doOnNext(element -> emitted = true)
        .retryWhen(Retry.from(failed -> failed.concatMap(signal -> next(signal.failure()))))
        .doOnComplete(this::succeed)
        .doOnError(failure -> Trace.end(trace, failure))
        .doOnCancel(() -> Trace.end(trace, new CancellationException()))
        .contextWrite(
            outer -> {
              var values = Trace.reactorContext(trace);
              values.put(ThreadBindings.KEY, within);
              return outer.putAllMap(values);
            });
  }

  private Publisher<T> attempt() {
    Trace.event(trace, Event.ATTEMPT);
    Trace.Visit visit = Trace.enter(trace);
    try {
      Publisher<T> attempt = context.attempt(within, work);
      return attempt != null
          ? attempt
          : Flux.error(
              new IllegalStateException(
                  context.operation().name() + " returned null where a publisher is due"));
    } catch (Throwable failure) {
      return Flux.error(failure);
    } finally {
      visit.close();
    }
  }

  private void succeed() {
    engine.succeeded(context);
    Trace.end(trace, null);
  }

  /** Emits when the next attempt is to begin, or fails with what reaches the subscriber. */
  private Mono<Boolean> next(Throwable failure) {
    if (emitted) {
      context.giveUp();
    }
    if (decision == null) {
      decision = engine.decision(context);
    }
    RetryDecision decided = decision;
    long wait = decided.after(failure, false);
    if (wait == RetryDecision.STOP) {
      decided.settle(failure);
      return Mono.error(failure);
    }
    if (wait == 0) {
      return begin(decided, failure);
    }
    Trace.event(trace, Event.WAIT);
    CompletableFuture<@Nullable Void> delay = engine.delay(wait);
    // Reactor cancels what has ended too, when the next attempt is over.
    AtomicBoolean waiting = new AtomicBoolean(true);
    return Mono.fromFuture(delay)
        .publishOn(CONTINUATIONS)
        .then(Mono.defer(() -> waiting.getAndSet(false) ? begin(decided, failure) : Mono.empty()))
        .doOnCancel(
            () -> {
              if (waiting.getAndSet(false)) {
                decided.mayBegin(false);
              }
            });
  }

  private static Mono<Boolean> begin(RetryDecision decided, Throwable failure) {
    if (decided.mayBegin(true)) {
      return Mono.just(true);
    }
    decided.settle(failure);
    return Mono.error(failure);
  }
}
