package dev.switchboard.autoconfigure;

import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetrySettings;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of retries, from {@code switchboard.retry.*} unless the application has {@link
 * RetrySettings} of its own.
 *
 * @since 0.1
 */
@AutoConfiguration
@EnableConfigurationProperties(RetryProperties.class)
@Import({RequestScopedRetryConfiguration.class, SwitchboardPropertiesConfiguration.class})
public final class RequestScopedRetryAutoConfiguration {

  private static final String PREFIX = "switchboard.retry";

  /** Creates the auto-configuration. */
  public RequestScopedRetryAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean
  static RetrySettings retrySettings(RetryProperties retry, SwitchboardProperties switchboard) {
    RetryProperties.Budget budget = retry.budget();
    RetrySettings.Builder settings =
        RetrySettings.builder()
            .enabled(retry.enabled())
            .policy(general(retry))
            .maxRetryAfter(retry.maxRetryAfter())
            .budget(budget.enabled() ? budget.capacity() : 0, budget.cost())
            .requests(retry.maxRequests(), retry.requestExpiry())
            .lenientWiring(switchboard.wiring() == SwitchboardProperties.Wiring.WARN);
    retry
        .operations()
        .forEach(
            (type, methods) ->
                methods.forEach(
                    (method, operation) -> {
                      String name = type + "." + method;
                      settings.operation(name, policy(PREFIX + ".operations." + name, operation));
                    }));
    return PropertyRules.under(PREFIX, settings::build);
  }

  /** Judged together with what it leaves to the defaults, whether an operation uses it or not. */
  private static RetryPolicy general(RetryProperties retry) {
    RetryPolicy policy = policy(PREFIX, defaults(retry));
    var unused = PropertyRules.under(PREFIX, () -> policy.orElse(RetryPolicy.defaults()));
    return policy;
  }

  private static RetryProperties.Operation defaults(RetryProperties retry) {
    return new RetryProperties.Operation(
        retry.includes(),
        retry.excludes(),
        retry.maxRetries(),
        retry.delay(),
        retry.multiplier(),
        retry.maxDelay(),
        retry.jitter(),
        retry.timeout());
  }

  private static RetryPolicy policy(String prefix, RetryProperties.Operation stated) {
    return PropertyRules.under(
        prefix,
        () ->
            new RetryPolicy(
                throwables("includes", stated.includes()),
                throwables("excludes", stated.excludes()),
                stated.maxRetries(),
                stated.delay(),
                stated.multiplier(),
                stated.maxDelay(),
                stated.jitter(),
                stated.timeout()));
  }

  private static List<Class<? extends Throwable>> throwables(String name, List<Class<?>> types) {
    List<Class<? extends Throwable>> throwables = new ArrayList<>();
    for (Class<?> type : types) {
      if (!Throwable.class.isAssignableFrom(type)) {
        throw new IllegalArgumentException(
            name + " must name exception types but was " + type.getName());
      }
      throwables.add(type.asSubclass(Throwable.class));
    }
    return throwables;
  }
}
