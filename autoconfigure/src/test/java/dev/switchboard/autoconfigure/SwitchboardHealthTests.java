package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionStore;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SwitchboardHealthTests {

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withUserConfiguration(Marketing.Application.class)
          .withConfiguration(
              AutoConfigurations.of(
                  HealthContributorAutoConfiguration.class,
                  HealthContributorRegistryAutoConfiguration.class,
                  HealthEndpointAutoConfiguration.class));

  private static Health switchboard(org.springframework.beans.factory.BeanFactory context) {
    HealthIndicator indicator =
        context.getBean("switchboardHealthIndicator", HealthIndicator.class);
    return java.util.Objects.requireNonNull(indicator.health());
  }

  @Test
  void itIsUpAndTellsNoSecrets() {
    runner.run(
        context -> {
          context.getBean(Marketing.class).ask("acme");
          Health health = switchboard(context);
          assertThat(health.getStatus()).isEqualTo(Status.UP);
          assertThat(health.getDetails())
              .containsEntry("store", "memory")
              .containsEntry("kept", 1)
              .containsOnlyKeys("store", "kept", "draining", "unclosed");
        });
  }

  @Test
  void aStoreThatIsAwayDegradesButTakesNothingOutOfService() {
    runner
        .withBean(SessionStore.class, AwayStore::create)
        .run(
            context -> {
              Health health = switchboard(context);
              assertThat(health.getStatus().getCode()).isEqualTo("DEGRADED");
              assertThat(health.getDetails())
                  .containsEntry("store", "shared")
                  .containsEntry("detail", "no answer for 12s");
              assertThat(context.getBean(HealthEndpoint.class).health().getStatus())
                  .isEqualTo(Status.UP);
              assertThat(context.getBean(Marketing.class).ask("acme")).isEqualTo("secret-1");
            });
  }

  @Test
  void itCanBeSwitchedOff() {
    runner
        .withPropertyValues("management.health.switchboard.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("switchboardHealthIndicator"));
  }

  @Test
  void healthAndActuatorAreNotNeeded() {
    Contexts.runner()
        .withUserConfiguration(Marketing.Application.class)
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.boot.health", "org.springframework.boot.actuate"))
        .run(
            context ->
                assertThat(context.getBean(Marketing.class).ask("acme")).isEqualTo("secret-1"));
  }
}
