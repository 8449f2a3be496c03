package dev.switchboard.retry;

import dev.switchboard.ReturnKind;
import dev.switchboard.ThreadBindings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Calls of annotated methods that answer later, by the kind of their answer. */
final class LateRetries {

  private LateRetries() {}

  static Object call(
      RetryExecutor engine,
      RetryMethod method,
      @Nullable Object[] arguments,
      RetryWork<@Nullable Object, ? extends Throwable> body) {
    return switch (method.kind()) {
      case FUTURE, VALUE -> future(engine, method, arguments, body);
      case MONO -> Publishers.flux(engine, method, arguments, body).singleOrEmpty();
      case FLUX -> Publishers.flux(engine, method, arguments, body);
    };
  }

  private static CompletableFuture<Object> future(
      RetryExecutor engine,
      RetryMethod method,
      @Nullable Object[] arguments,
      RetryWork<@Nullable Object, ? extends Throwable> body) {
    ThreadBindings caller = ThreadBindings.capture();
    RetryContext context;
    try {
      context =
          engine.begin(
              method.operation(engine),
              method.method(),
              method.ids().of(arguments, RetryContext.in(caller) != null),
              caller);
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
    RetryWork<CompletionStage<Object>, Throwable> work =
        attempt -> ReturnKind.future(body.run(attempt), method.name());
    return new RetriedFuture<Object>(engine, context, caller, work).start();
  }

  /** Loaded only where a method returns a publisher, so that Reactor need not be there. */
  private static final class Publishers {

    @SuppressWarnings({"unchecked", "NullAway"}) // the method's own type says so; null is refused
    static reactor.core.publisher.Flux<Object> flux(
        RetryExecutor engine,
        RetryMethod method,
        @Nullable Object[] arguments,
        RetryWork<@Nullable Object, ? extends Throwable> body) {
      return RetryPublishers.flux(
          engine,
          method.operation(engine),
          method.method(),
          nested -> method.ids().of(arguments, nested),
          attempt -> (Publisher<Object>) body.run(attempt));
    }
  }
}
