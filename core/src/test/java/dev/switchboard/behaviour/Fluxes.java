package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** Methods that return a {@code Flux}; without annotations, one around the engines' futures. */
final class Fluxes extends Form<Flux<String>> {

  private static final Futures FUTURES = new Futures();

  static class FluxDesk extends Desk<Flux<String>> {
    @Override
    Flux<String> begin(Body body) {
      return Mono.fromFuture(Futures.later(body)).flux();
    }
  }

  static class FluxClerk extends Counter.Clerk<Flux<String>> {
    @Override
    Flux<String> begin(Body body) {
      return Mono.fromFuture(Futures.later(body)).flux();
    }
  }

  @Override
  String name() {
    return "Flux";
  }

  @Override
  Class<FluxDesk> desk() {
    return FluxDesk.class;
  }

  @Override
  Class<FluxClerk> counter() {
    return FluxClerk.class;
  }

  @Override
  String await(Flux<String> answer) throws Exception {
    return Futures.get(answer.single().toFuture());
  }

  @Override
  Flux<String> call(SpecialistSessions sessions, SessionKey key, SessionPolicy policy, Body body) {
    return Mono.fromFuture(() -> FUTURES.call(sessions, key, policy, body)).flux();
  }

  @Override
  Flux<String> call(
      RetryExecutor retries,
      RetryOperation operation,
      SpecialistSessions sessions,
      SessionKey key,
      Body body) {
    return Mono.fromFuture(() -> FUTURES.call(retries, operation, sessions, key, body)).flux();
  }
}
