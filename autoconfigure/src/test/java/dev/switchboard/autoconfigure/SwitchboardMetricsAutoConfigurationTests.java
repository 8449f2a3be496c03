package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvocationObserver;
import dev.switchboard.micrometer.InvocationObservationConvention;
import dev.switchboard.micrometer.RetryMeters;
import dev.switchboard.micrometer.SessionMeters;
import dev.switchboard.retry.RetryObserver;
import dev.switchboard.session.SessionObserver;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SwitchboardMetricsAutoConfigurationTests {

  private final ApplicationContextRunner runner =
      Contexts.runner().withUserConfiguration(Marketing.Application.class);

  private final ApplicationContextRunner actuated =
      runner.withConfiguration(
          AutoConfigurations.of(
              MetricsAutoConfiguration.class,
              CompositeMeterRegistryAutoConfiguration.class,
              SimpleMetricsExportAutoConfiguration.class,
              ObservationAutoConfiguration.class));

  @Test
  void bootsRegistryHasTheMetersFromTheStart() {
    actuated.run(
        context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry.get("switchboard.session.live").gauge().value()).isZero();
          assertThat(registry.get("switchboard.retry.budget").gauge().value()).isEqualTo(500);
          context.getBean(Marketing.class).ask("acme");
          assertThat(
                  registry
                      .get("switchboard.session.acquire")
                      .tags("specialist", "marketing", "outcome", "opened")
                      .counter()
                      .count())
              .isEqualTo(1);
        });
  }

  @Test
  void metersCanBeSwitchedOffByBootsProperty() {
    actuated
        .withPropertyValues("management.metrics.enable.switchboard=false")
        .run(
            context ->
                assertThat(context.getBean(MeterRegistry.class).getMeters())
                    .noneMatch(meter -> meter.getId().getName().startsWith("switchboard")));
  }

  @Test
  void withoutARegistryNothingIsCountedOrObserved() {
    runner.run(
        context ->
            assertThat(context)
                .doesNotHaveBean(SessionObserver.class)
                .doesNotHaveBean(RetryObserver.class)
                .doesNotHaveBean(InvocationObserver.class));
  }

  @Test
  void micrometerIsNotNeeded() {
    runner
        .withClassLoader(
            new FilteredClassLoader("io.micrometer", "org.springframework.boot.actuate"))
        .run(
            context ->
                assertThat(context.getBean(Marketing.class).ask("acme")).isEqualTo("secret-1"));
  }

  @Test
  void micrometersCoreIsNotNeededForObservations() {
    TestObservationRegistry registry = TestObservationRegistry.create();
    runner
        .withClassLoader(new FilteredClassLoader("io.micrometer.core"))
        .withBean(ObservationRegistry.class, () -> registry)
        .run(context -> context.getBean(Marketing.class).ask("acme"));
    TestObservationRegistryAssert.assertThat(registry)
        .hasSingleObservationThat()
        .hasNameEqualTo("switchboard.invocation")
        .hasLowCardinalityKeyValue("specialist", "marketing")
        .hasLowCardinalityKeyValue("operation", "Marketing.ask");
  }

  @Test
  void applicationsConventionNamesTheObservation() {
    TestObservationRegistry registry = TestObservationRegistry.create();
    runner
        .withBean(ObservationRegistry.class, () -> registry)
        .withBean(
            InvocationObservationConvention.class,
            () ->
                new InvocationObservationConvention() {
                  @Override
                  public String getName() {
                    return "agent.call";
                  }
                })
        .run(context -> context.getBean(Marketing.class).ask("acme"));
    TestObservationRegistryAssert.assertThat(registry)
        .hasSingleObservationThat()
        .hasNameEqualTo("agent.call");
  }

  @Test
  void observationsCanBeSwitchedOffByBootsProperty() {
    TestObservationRegistry registry = TestObservationRegistry.create();
    runner
        .withConfiguration(AutoConfigurations.of(ObservationAutoConfiguration.class))
        .withBean(ObservationRegistry.class, () -> registry)
        .withPropertyValues("management.observations.enable.switchboard.invocation=false")
        .run(context -> context.getBean(Marketing.class).ask("acme"));
    TestObservationRegistryAssert.assertThat(registry).doesNotHaveAnyObservation();
  }

  @Test
  void applicationsObserversAreToldInstead() {
    SessionObserver own = new SessionObserver() {};
    runner
        .withBean(SimpleMeterRegistry.class)
        .withBean(SessionObserver.class, () -> own)
        .run(
            context ->
                assertThat(context)
                    .doesNotHaveBean(SessionMeters.class)
                    .hasSingleBean(RetryMeters.class));
  }
}
