package dev.switchboard.retry;

import dev.switchboard.ThreadBindings;
import java.lang.reflect.Method;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Retries of work that answers with Reactor's types; needs Reactor on the class path. Nothing
 * happens before a subscription, and each is an invocation of its own; cancelling it stops the
 * attempt or wait that goes on. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryPublishers {

  private RetryPublishers() {}

  /**
   * Retries a {@code Mono}, as {@link RetryExecutor#callAsync} does a future.
   *
   * @param engine the engine
   * @param operation what the retries are counted under
   * @param work one attempt
   * @param <T> what it emits
   * @return the result of the successful attempt, or the last failure
   */
  public static <T> Mono<T> mono(
      RetryExecutor engine, RetryOperation operation, RetryWork<? extends Mono<T>, ?> work) {
    return flux(engine, operation, null, nested -> null, work).singleOrEmpty();
  }

  /**
   * Retries a publisher of many elements. One that has emitted any is not retried: who received
   * them would receive them again.
   *
   * @param engine the engine
   * @param operation what the retries are counted under
   * @param work one attempt
   * @param <T> what it emits
   * @return the elements of the successful attempt, or of the one that failed after the first
   */
  public static <T> Flux<T> flux(
      RetryExecutor engine, RetryOperation operation, RetryWork<? extends Publisher<T>, ?> work) {
    return flux(engine, operation, null, nested -> null, work);
  }

  /** The same for a method, in the request that {@code ids} name. */
  static <T> Flux<T> flux(
      RetryExecutor engine,
      RetryOperation operation,
      @Nullable Method method,
      Ids ids,
      RetryWork<? extends Publisher<T>, ?> work) {
    return Flux.deferContextual(
        view -> {
          ThreadBindings caller = ThreadBindings.in(view::getOrDefault);
          List<String> named = ids.of(RetryContext.in(caller) != null);
          RetryContext context = engine.begin(operation, method, named, caller);
          return new RetriedFlux<T>(engine, context, caller, work).flux();
        });
  }

  /** Reads the ids that name the request, unless the invocation is nested in another. */
  @FunctionalInterface
  interface Ids {
    @Nullable List<String> of(boolean nested);
  }
}
