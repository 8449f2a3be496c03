package dev.switchboard.autoconfigure;

import dev.switchboard.PropagatingTaskDecorator;
import dev.switchboard.micrometer.ThreadBindingsAccessor;
import io.micrometer.context.ContextRegistry;
import org.springframework.boot.LazyInitializationExcludeFilter;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * Auto-configuration of what lets sessions and retries be found on other threads: a decorator of
 * tasks, which Boot gives to the executor behind {@code @Async}, and an accessor for Micrometer's
 * context propagation, which Reactor uses with {@code spring.reactor.context-propagation=auto}.
 *
 * @since 0.1
 */
@AutoConfiguration(
    beforeName = "org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration")
public final class SwitchboardContextAutoConfiguration {

  /** Creates the auto-configuration. */
  public SwitchboardContextAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  static PropagatingTaskDecorator switchboardTaskDecorator() {
    return new PropagatingTaskDecorator();
  }

  @Configuration(proxyBeanMethods = false)
  @ConditionalOnClass(ContextRegistry.class)
  static class AccessorConfiguration {

    AccessorConfiguration() {
      // The registry is the process's; registering the same key again replaces it.
      ContextRegistry.getInstance().registerThreadLocalAccessor(new ThreadBindingsAccessor());
    }

    @Bean
    static LazyInitializationExcludeFilter switchboardAccessorLazyInitializationExcludeFilter() {
      return LazyInitializationExcludeFilter.forBeanTypes(AccessorConfiguration.class);
    }
  }
}
