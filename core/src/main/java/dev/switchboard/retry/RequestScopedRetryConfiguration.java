package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvocationObserver;
import dev.switchboard.Weaving;
import dev.switchboard.WovenCalls;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;
import org.springframework.util.function.SingletonSupplier;

/**
 * Makes {@link RequestScopedRetry} work on the beans of the context that imports it; Boot's
 * auto-configuration does. The one {@link RetrySettings}, {@link Ticker}, {@link Sleeper} or {@link
 * Clock} bean there is replaces the default, a {@link RetryObserver} or {@link InvocationObserver}
 * is told what happens, a {@link RetryExecutor} bean the whole engine.
 *
 * @since 0.1
 */
@Configuration(proxyBeanMethods = false)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public class RequestScopedRetryConfiguration {

  /** Creates the configuration. */
  public RequestScopedRetryConfiguration() {}

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static RetryPostProcessor requestScopedRetryPostProcessor(
      ObjectProvider<RetryExecutor> engine, Environment environment) {
    return new RetryPostProcessor(SingletonSupplier.of(engine::getObject), environment);
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static WovenCalls.Lease wovenRetryCalls(RetryPostProcessor processor, Environment environment) {
    return RetryInterceptor.WOVEN.lease(processor.interceptor(), Weaving.isChosen(environment));
  }

  @Bean
  @Fallback
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static RetryExecutor requestScopedRetryExecutor(
      ObjectProvider<RetrySettings> settings,
      ObjectProvider<Ticker> ticker,
      ObjectProvider<Sleeper> sleeper,
      ObjectProvider<Clock> clock,
      ObjectProvider<RetryObserver> observer,
      ObjectProvider<InvocationObserver> invocations) {
    RetryExecutorBuilder builder = RetryExecutor.builder();
    settings.ifAvailable(builder::settings);
    ticker.ifUnique(builder::ticker);
    sleeper.ifUnique(builder::sleeper);
    clock.ifUnique(builder::clock);
    observer.ifAvailable(builder::observer);
    invocations.ifAvailable(builder::observer);
    return builder.build();
  }
}
