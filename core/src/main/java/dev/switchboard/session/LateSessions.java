package dev.switchboard.session;

import dev.switchboard.ReturnKind;
import dev.switchboard.ThreadBindings;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;

/** Calls of annotated methods that answer later, by the kind of their answer. */
final class LateSessions {

  private LateSessions() {}

  static Object call(
      SessionInterceptor.Needs needed,
      SessionOperation operation,
      @Nullable Object[] arguments,
      SessionWork<@Nullable Object, ? extends Throwable> body) {
    return switch (operation.kind()) {
      case FUTURE, VALUE -> future(needed, operation, arguments, body);
      case MONO -> Publishers.flux(needed, operation, arguments, body).singleOrEmpty();
      case FLUX -> Publishers.flux(needed, operation, arguments, body);
    };
  }

  private static LateCall begin(
      SessionInterceptor.Needs needed,
      SessionOperation operation,
      @Nullable Object[] arguments,
      ThreadBindings caller) {
    SessionKey key = operation.key(arguments, needed.resolver(), needed.tenants());
    return needed
        .sessions()
        .later(key, operation.policy(), operation.method(), operation.name(), caller);
  }

  private static CompletableFuture<Object> future(
      SessionInterceptor.Needs needed,
      SessionOperation operation,
      @Nullable Object[] arguments,
      SessionWork<@Nullable Object, ? extends Throwable> body) {
    SessionWork<CompletionStage<Object>, Throwable> work =
        session -> ReturnKind.future(body.run(session), operation.name());
    LateCall call;
    try {
      call = begin(needed, operation, arguments, ThreadBindings.capture());
    } catch (RuntimeException failure) {
      return CompletableFuture.failedFuture(failure);
    }
    return new SessionFuture<Object>(call, operation.name(), work).start();
  }

  /** Loaded only where a method returns a publisher, so that Reactor need not be there. */
  private static final class Publishers {

    @SuppressWarnings({"unchecked", "NullAway"}) // the method's own type says so; null is refused
    static reactor.core.publisher.Flux<Object> flux(
        SessionInterceptor.Needs needed,
        SessionOperation operation,
        @Nullable Object[] arguments,
        SessionWork<@Nullable Object, ? extends Throwable> body) {
      return SessionPublishers.flux(
          caller -> begin(needed, operation, arguments, caller),
          operation.name(),
          session -> (Publisher<Object>) body.run(session));
    }
  }
}
