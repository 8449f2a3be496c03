package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.SignalType;

/** Drives one subscription to a call that answers with a publisher. */
final class SessionFlux<T> {

  private final LateCall call;
  private final String name;
  private final SessionWork<? extends Publisher<T>, ?> work;
  private volatile boolean emitted;

  SessionFlux(LateCall call, String name, SessionWork<? extends Publisher<T>, ?> work) {
    this.call = call;
    this.name = name;
    this.work = work;
  }

  Flux<T> flux() {
    Flux<T> once = Flux.<T>from(this::subscribe).doOnNext(element -> emitted = true);
    Flux<T> again = once.onErrorResume(failure -> recovered(failure).thenMany(Flux.empty()));
    return step(call::begin)
        .thenMany(once.onErrorResume(failure -> recovered(failure).thenMany(again)))
        .doOnComplete(call::succeed)
        .doOnError(call::end)
        .doFinally(this::end)
        .contextWrite(
            outer -> {
              var values = Trace.reactorContext(call.own());
              values.put(ThreadBindings.KEY, call.bindings());
              return outer.putAllMap(values);
            });
  }

  /** After the work's own cancellation, as the session may be closed then. */
  private void end(SignalType signal) {
    if (signal == SignalType.CANCEL) {
      call.cancel(new CancellationException());
    }
  }

  private void subscribe(Subscriber<? super T> subscriber) {
    int run = call.enter();
    if (run == 0) {
      Flux.<T>error(new CancellationException()).subscribe(subscriber);
      return;
    }
    try {
      Flux.defer(this::run).subscribe(subscriber);
    } finally {
      call.exit(run);
    }
  }

  private Publisher<T> run() {
    try {
      Publisher<T> answer = call.run(work);
      return answer != null
          ? answer
          : Flux.error(new IllegalStateException(name + " returned null where a publisher is due"));
    } catch (Throwable failure) {
      return Flux.error(failure);
    }
  }

  private Mono<Boolean> recovered(Throwable failure) {
    return step(() -> call.recover(failure, !emitted));
  }

  /** A failure passes as a value: one that meets a cancellation would be logged as dropped. */
  private static Mono<Boolean> step(Supplier<CompletableFuture<Boolean>> step) {
    return Mono.fromFuture(
            () ->
                step.get()
                    .handle(
                        (done, failure) ->
                            failure == null
                                ? Mono.just(done)
                                : Mono.<Boolean>error(Claims.cause(failure))))
        .flatMap(outcome -> outcome);
  }
}
