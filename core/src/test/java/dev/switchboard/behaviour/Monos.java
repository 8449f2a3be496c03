package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import reactor.core.publisher.Mono;

/** Methods that return a {@code Mono}; without annotations, one around the engines' futures. */
final class Monos extends Form<Mono<String>> {

  private static final Futures FUTURES = new Futures();

  static class MonoDesk extends Desk<Mono<String>> {
    @Override
    Mono<String> begin(Body body) {
      return Mono.fromFuture(Futures.later(body));
    }
  }

  static class MonoClerk extends Counter.Clerk<Mono<String>> {
    @Override
    Mono<String> begin(Body body) {
      return Mono.fromFuture(Futures.later(body));
    }
  }

  @Override
  String name() {
    return "Mono";
  }

  @Override
  Class<MonoDesk> desk() {
    return MonoDesk.class;
  }

  @Override
  Class<MonoClerk> counter() {
    return MonoClerk.class;
  }

  @Override
  String await(Mono<String> answer) throws Exception {
    return Futures.get(answer.toFuture());
  }

  @Override
  Mono<String> call(SpecialistSessions sessions, SessionKey key, SessionPolicy policy, Body body) {
    return Mono.fromFuture(() -> FUTURES.call(sessions, key, policy, body));
  }

  @Override
  Mono<String> call(
      RetryExecutor retries,
      RetryOperation operation,
      SpecialistSessions sessions,
      SessionKey key,
      Body body) {
    return Mono.fromFuture(() -> FUTURES.call(retries, operation, sessions, key, body));
  }
}
