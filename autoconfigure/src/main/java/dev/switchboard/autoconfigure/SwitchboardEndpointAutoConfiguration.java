package dev.switchboard.autoconfigure;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.session.SpecialistSessions;
import org.springframework.boot.actuate.autoconfigure.endpoint.condition.ConditionalOnAvailableEndpoint;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the actuator endpoint {@code switchboard} where it is exposed.
 *
 * @since 0.1
 */
@AutoConfiguration(
    after = {RequestScopedRetryAutoConfiguration.class, SpecialistSessionAutoConfiguration.class})
@ConditionalOnClass({ConditionalOnAvailableEndpoint.class, Endpoint.class})
public final class SwitchboardEndpointAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardEndpointAutoConfiguration() {}

  @Bean
  @ConditionalOnAvailableEndpoint
  @ConditionalOnMissingBean
  SwitchboardEndpoint switchboardEndpoint(SpecialistSessions sessions, RetryExecutor retries) {
    return new SwitchboardEndpoint(sessions, retries);
  }
}
