package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Sessions for work that answers with Reactor's types; needs Reactor on the class path. Nothing
 * happens before a subscription, and each is a call of its own, over when it completes, fails or is
 * cancelled. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class SessionPublishers {

  private SessionPublishers() {}

  /**
   * Runs a {@code Mono} within the key's session, as {@link SpecialistSessions#callAsync} does a
   * future.
   *
   * @param sessions the engine
   * @param key whose conversation
   * @param policy how the session is used
   * @param work calls the specialist
   * @param <T> what it emits
   * @return the work's result or failure
   */
  public static <T> Mono<T> mono(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      SessionWork<? extends Mono<T>, ?> work) {
    return flux(sessions, key, policy, work).singleOrEmpty();
  }

  /**
   * Runs a publisher of many elements within the key's session. Where the session turns out to be
   * lost after the first element, it is forgotten, but the work does not run once more: who
   * received elements would receive them again.
   *
   * @param sessions the engine
   * @param key whose conversation
   * @param policy how the session is used
   * @param work calls the specialist
   * @param <T> what it emits
   * @return the work's elements
   */
  public static <T> Flux<T> flux(
      SpecialistSessions sessions,
      SessionKey key,
      SessionPolicy policy,
      SessionWork<? extends Publisher<T>, ?> work) {
    return flux(caller -> sessions.later(key, policy, null, null, caller), "the work", work);
  }

  /** The same for a method, whose call is made for each subscriber. */
  static <T> Flux<T> flux(
      Function<ThreadBindings, LateCall> calls,
      String name,
      SessionWork<? extends Publisher<T>, ?> work) {
    return Flux.deferContextual(
        view -> {
          LateCall call = calls.apply(ThreadBindings.in(view::getOrDefault));
          return new SessionFlux<T>(call, name, work).flux();
        });
  }
}
