package dev.switchboard.micrometer;

import static dev.switchboard.micrometer.Desk.down;
import static dev.switchboard.micrometer.Desk.lost;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InvocationObservationsTests {

  private final TestObservationRegistry registry = TestObservationRegistry.create();
  private final List<String> events = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final List<String> tagged = new ArrayList<>();

  private void watched(Consumer<Desk> calls) {
    registry
        .observationConfig()
        .observationHandler(
            new ObservationHandler<InvocationObservationContext>() {
              @Override
              public boolean supportsContext(Observation.Context context) {
                return context instanceof InvocationObservationContext;
              }

              @Override
              public void onEvent(Observation.Event event, InvocationObservationContext context) {
                events.add(event.getName());
                told.add(event.getName() + event.getContextualName());
                KeyValue specialist = context.getLowCardinalityKeyValue("specialist");
                tagged.add(
                    event.getName() + " " + (specialist == null ? "" : specialist.getValue()));
              }

              @Override
              public void onStop(InvocationObservationContext context) {
                told.add(context.getName() + context.getContextualName());
                context.getAllKeyValues().forEach(pair -> told.add(pair.getValue()));
              }
            });
    Desk.watched(new InvocationObservations(registry, null), calls);
  }

  private TestObservationRegistryAssert assertThatRegistry() {
    return TestObservationRegistryAssert.assertThat(registry);
  }

  @Test
  void aMethodWithSessionAndRetriesIsOneObservation() {
    watched(desk -> desk.both("acme"));
    assertThatRegistry()
        .hasNumberOfObservationsEqualTo(1)
        .hasSingleObservationThat()
        .hasNameEqualTo("switchboard.invocation")
        .hasContextualNameEqualTo("Desk.both")
        .hasOnlyKeys("specialist", "operation")
        .hasLowCardinalityKeyValue("specialist", "sales-desk")
        .hasLowCardinalityKeyValue("operation", "Desk.both")
        .hasBeenStopped()
        .doesNotHaveError();
    assertThat(events).containsExactly("attempt", "open");
  }

  @Test
  void lossesRetriesAndWaitsAreEventsOfTheOne() {
    watched(desk -> desk.fails(lost(), down()).both("acme"));
    assertThatRegistry().hasNumberOfObservationsEqualTo(1);
    assertThat(events).containsExactly("attempt", "open", "reopen", "open", "wait", "attempt");
  }

  @Test
  void eventsHaveTheSpecialistOnceItIsKnown() {
    watched(desk -> desk.fails(lost()).both("acme"));
    assertThat(tagged)
        .containsExactly("attempt none", "open sales-desk", "reopen sales-desk", "open sales-desk");
  }

  @Test
  void aMethodWithASessionOnlyIsOneToo() {
    watched(
        desk -> {
          desk.session("acme");
          desk.session("acme");
        });
    assertThatRegistry()
        .hasNumberOfObservationsEqualTo(2)
        .forAllObservationsWithNameEqualTo(
            "switchboard.invocation",
            each ->
                each.hasLowCardinalityKeyValue("specialist", "sales-desk")
                    .hasLowCardinalityKeyValue("operation", "Desk.session"));
    assertThat(events).containsExactly("open");
  }

  @Test
  void aMethodWithRetriesOnlyHasNoSpecialist() {
    watched(desk -> desk.retry());
    assertThatRegistry()
        .hasSingleObservationThat()
        .hasLowCardinalityKeyValue("specialist", "none")
        .hasLowCardinalityKeyValue("operation", "Desk.retry");
  }

  @Test
  void theFailureThatReachesTheCallerIsTheError() {
    RuntimeException last = down();
    watched(
        desk ->
            assertThatThrownBy(() -> desk.fails(down(), down(), last).both("acme")).isSameAs(last));
    assertThatRegistry().hasSingleObservationThat().hasError(last).hasBeenStopped();
  }

  @Test
  void noTenantAndNoIdIsTold() {
    watched(desk -> desk.fails(lost(), down()).both("acme"));
    assertThat(told)
        .anyMatch(text -> text.contains("sales-desk"))
        .noneMatch(text -> text.contains("acme") || text.contains("secret"));
  }

  @Test
  void whatTheMethodObservesIsWithin() {
    List<Observation> seen = new ArrayList<>();
    InvocationObservations observations = new InvocationObservations(registry, null);
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("crm", key -> "id")
            .observer(observations)
            .build()) {
      Observation outer = Observation.start("request", registry);
      try (Observation.Scope scope = outer.openScope()) {
        sessions.call(
            SessionKey.of("crm", "acme"),
            SessionPolicy.DEFAULT,
            session -> seen.add(registry.getCurrentObservation()));
        assertThat(registry.getCurrentObservationScope()).isSameAs(scope);
      }
    }
    assertThat(seen.get(0).getContext().getName()).isEqualTo("switchboard.invocation");
    assertThat(seen.get(0).getContext().getParentObservation()).isNotNull();
    assertThat(seen.get(0).getContext().getContextualName()).isEqualTo("crm");
  }

  @Test
  void noOpRegistriesAndSwitchedOffObservationsCostNothing() {
    assertThat(new InvocationObservations(ObservationRegistry.NOOP, null).start("a", "b")).isNull();
    registry.observationConfig().observationPredicate((name, context) -> false);
    assertThat(new InvocationObservations(registry, null).start("a", "b")).isNull();
  }

  @Test
  void aConventionNamesAndTags() {
    InvocationObservationConvention own =
        new InvocationObservationConvention() {
          @Override
          public String getName() {
            return "agent.call";
          }

          @Override
          public KeyValues getLowCardinalityKeyValues(InvocationObservationContext context) {
            return KeyValues.of("agent", String.valueOf(context.getSpecialist()));
          }
        };
    Desk.watched(new InvocationObservations(registry, own), desk -> desk.both("acme"));
    assertThatRegistry()
        .hasSingleObservationThat()
        .hasNameEqualTo("agent.call")
        .hasOnlyKeys("agent")
        .hasLowCardinalityKeyValue("agent", "sales-desk");
  }

  /** Fails in one of its callbacks. */
  private record Saboteur(String where) implements ObservationHandler<Observation.Context> {

    private void sabotage(String here) {
      if (here.equals(where)) {
        throw new IllegalStateException("broken");
      }
    }

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }

    @Override
    public void onStart(Observation.Context context) {
      sabotage("start");
    }

    @Override
    public void onScopeOpened(Observation.Context context) {
      sabotage("scopeOpened");
    }

    @Override
    public void onEvent(Observation.Event event, Observation.Context context) {
      sabotage("event");
    }

    @Override
    public void onError(Observation.Context context) {
      sabotage("error");
    }

    @Override
    public void onScopeClosed(Observation.Context context) {
      sabotage("scopeClosed");
    }

    @Override
    public void onStop(Observation.Context context) {
      sabotage("stop");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"start", "scopeOpened", "event", "error", "scopeClosed", "stop"})
  void aHandlerThatFailsChangesNoCallAndLeavesNothingCurrent(String where) {
    ObservationRegistry broken = ObservationRegistry.create();
    broken.observationConfig().observationHandler(new Saboteur(where));
    Desk.watched(
        new InvocationObservations(broken, null),
        desk -> {
          assertThat(desk.fails(lost(), down()).both("acme")).isEqualTo("secret-id");
          assertThat(broken.getCurrentObservationScope()).isNull();
          RuntimeException last = down();
          assertThatThrownBy(() -> desk.fails(last).session("acme"))
              .isSameAs(last)
              .hasNoSuppressedExceptions();
          assertThat(broken.getCurrentObservationScope()).isNull();
        });
  }

  @Test
  void aConventionThatFailsChangesNoCall() {
    InvocationObservationConvention broken =
        new InvocationObservationConvention() {
          @Override
          public KeyValues getLowCardinalityKeyValues(InvocationObservationContext context) {
            throw new IllegalStateException("broken");
          }
        };
    Desk.watched(
        new InvocationObservations(registry, broken),
        desk -> assertThat(desk.both("acme")).isEqualTo("secret-id"));
    assertThat(registry.getCurrentObservationScope()).isNull();
  }
}
