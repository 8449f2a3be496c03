package dev.switchboard.autoconfigure;

import dev.switchboard.micrometer.RetryMeters;
import dev.switchboard.micrometer.SessionMeters;
import dev.switchboard.retry.RetryObserver;
import dev.switchboard.session.SessionObserver;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of the meters of sessions and retries where there is a {@link MeterRegistry}.
 * An observer bean of the application's own is told instead.
 *
 * @since 0.1
 */
@AutoConfiguration(
    afterName = {
      "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration",
      "org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration"
    })
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public final class SwitchboardMetricsAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardMetricsAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(SessionObserver.class)
  SessionMeters sessionMeters(MeterRegistry registry) {
    return new SessionMeters(registry);
  }

  @Bean
  @ConditionalOnMissingBean(RetryObserver.class)
  RetryMeters retryMeters(MeterRegistry registry) {
    return new RetryMeters(registry);
  }
}
