package dev.switchboard.autoconfigure;

import dev.switchboard.session.SpecialistSessions;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the health contribution {@code switchboard}.
 *
 * @since 0.1
 */
@AutoConfiguration(
    after = SpecialistSessionAutoConfiguration.class,
    beforeName =
        "org.springframework.boot.health.autoconfigure.contributor.HealthContributorAutoConfiguration")
@ConditionalOnClass({Health.class, ConditionalOnEnabledHealthIndicator.class})
public final class SwitchboardHealthContributorAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardHealthContributorAutoConfiguration() {}

  @Bean
  @ConditionalOnEnabledHealthIndicator("switchboard")
  @ConditionalOnMissingBean(name = "switchboardHealthIndicator")
  HealthIndicator switchboardHealthIndicator(SpecialistSessions sessions) {
    return new SwitchboardHealthIndicator(sessions);
  }
}
