package dev.switchboard.autoconfigure;

import dev.switchboard.InvocationObserver;
import dev.switchboard.micrometer.InvocationObservationConvention;
import dev.switchboard.micrometer.InvocationObservations;
import io.micrometer.observation.ObservationRegistry;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/**
 * Auto-configuration of one observation for each invocation where there is an {@link
 * ObservationRegistry}, named and tagged by an {@link InvocationObservationConvention} bean if
 * there is one.
 *
 * @since 0.1
 */
@AutoConfiguration(
    afterName =
        "org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration")
@ConditionalOnClass(ObservationRegistry.class)
@ConditionalOnBean(ObservationRegistry.class)
public final class SwitchboardObservationAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardObservationAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(InvocationObserver.class)
  InvocationObservations invocationObservations(
      ObservationRegistry registry, ObjectProvider<InvocationObservationConvention> convention) {
    return new InvocationObservations(registry, convention.getIfAvailable());
  }
}
