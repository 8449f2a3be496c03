package dev.switchboard.micrometer;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetryPublishers;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionPublishers;
import dev.switchboard.session.SpecialistSessions;
import io.micrometer.observation.Observation;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Observations of calls that answer later. */
class LateObservationTests {

  private static final SessionKey ACME = SessionKey.of("sales-desk", "acme");

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final InvocationObservations observer = new InvocationObservations(registry, null);
  private final List<Observation> seen = new CopyOnWriteArrayList<>();
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("sales-desk", key -> "secret-id")
          .observer(observer)
          .build();
  private final RetryExecutor retries = RetryExecutor.builder().observer(observer).build();
  private final RetryOperation ask =
      retries.operation(
          "Desk.ask", RetryPolicy.builder().delay(Duration.ZERO).jitter(Duration.ZERO).build());

  @AfterEach
  void close() {
    sessions.close();
  }

  private TestObservationRegistryAssert assertThatRegistry() {
    return TestObservationRegistryAssert.assertThat(registry);
  }

  private CompletableFuture<String> call(CompletableFuture<String> first, boolean fails) {
    return retries.callAsync(
        ask,
        retry ->
            sessions.callAsync(
                ACME,
                SessionPolicy.DEFAULT,
                session -> {
                  seen.add(requireNonNull(registry.getCurrentObservation()));
                  return fails && !retry.isRetry()
                      ? CompletableFuture.failedFuture(new IOException())
                      : first;
                }));
  }

  @Test
  void observationLastsUntilTheFutureCompletesAndIsCurrentInEachBodyOnly() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> asked = call(reply, true);
    assertThat(registry.getCurrentObservation()).isNull();
    while (seen.size() < 2) {
      Thread.onSpinWait();
    }
    assertThat(seen.get(1)).isSameAs(seen.get(0));
    assertThatRegistry().hasSingleObservationThat().isNotStopped();

    reply.complete("done");
    assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo("done");
    assertThatRegistry()
        .hasSingleObservationThat()
        .hasLowCardinalityKeyValue("specialist", "sales-desk")
        .hasLowCardinalityKeyValue("operation", "Desk.ask")
        .hasBeenStopped()
        .doesNotHaveError();
    assertThat(registry.getCurrentObservation()).isNull();
  }

  @Test
  void cancellingEndsTheObservation() {
    CompletableFuture<String> asked = call(new CompletableFuture<>(), false);
    while (seen.isEmpty()) {
      Thread.onSpinWait();
    }
    asked.cancel(true);
    assertThatRegistry().hasSingleObservationThat().hasBeenStopped();
  }

  @Test
  void publishersCarryItInTheirContext() {
    Mono<String> mono =
        RetryPublishers.mono(
            retries,
            ask,
            retry ->
                SessionPublishers.mono(
                    sessions,
                    ACME,
                    SessionPolicy.DEFAULT,
                    session ->
                        Mono.deferContextual(view -> Mono.just(carried(view::getOrDefault)))));
    assertThatRegistry().doesNotHaveAnyObservation();

    assertThat(mono.block(Duration.ofSeconds(20))).isEqualTo("carried");
    assertThatRegistry().hasSingleObservationThat().hasBeenStopped().doesNotHaveError();
    assertThat(registry.getCurrentObservation()).isNull();
  }

  private interface Lookup {
    @Nullable Object get(Object key, @Nullable Object otherwise);
  }

  private static String carried(Lookup context) {
    return context.get(ObservationThreadLocalAccessor.KEY, null) instanceof Observation
        ? "carried"
        : "missing";
  }
}
