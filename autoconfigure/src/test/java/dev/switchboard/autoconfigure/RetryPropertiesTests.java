package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.retry.Sleeper;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class RetryPropertiesTests {

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withBean(Sleeper.class, () -> duration -> {})
          .withBean("desk", Marketing.class);

  static class Marketing {

    @RequestScopedRetry(maxRetries = 2)
    String ask() {
      throw new IllegalStateException("attempt " + RetryContext.current().attempt());
    }

    @RequestScopedRetry
    String askByDefault() {
      throw new IllegalStateException("attempt " + RetryContext.current().attempt());
    }
  }

  private static void asks(BeanFactory context, int attempts) {
    assertThat(catchThrowable(context.getBean(Marketing.class)::ask))
        .hasMessage("attempt " + attempts);
  }

  private static RetrySettings settings(BeanFactory context) {
    return context.getBean(RetrySettings.class);
  }

  @Test
  void nothingSetIsTheDefault() {
    runner.run(
        context -> {
          RetrySettings settings = settings(context);
          assertThat(settings.policy().orElse(RetryPolicy.defaults()))
              .isEqualTo(RetryPolicy.defaults());
          assertThat(settings)
              .usingRecursiveComparison()
              .ignoringFields("policy")
              .isEqualTo(RetrySettings.defaults());
        });
  }

  @Test
  void everyPropertyReachesTheEngine() {
    runner
        .withPropertyValues(
            "switchboard.wiring=warn",
            "switchboard.retry.enabled=false",
            "switchboard.retry.includes=java.io.IOException",
            "switchboard.retry.excludes=java.io.EOFException,java.io.FileNotFoundException",
            "switchboard.retry.max-retries=7",
            "switchboard.retry.delay=1s",
            "switchboard.retry.multiplier=1.5",
            "switchboard.retry.max-delay=20s",
            "switchboard.retry.jitter=0s",
            "switchboard.retry.timeout=1m",
            "switchboard.retry.max-retry-after=5s",
            "switchboard.retry.max-requests=99",
            "switchboard.retry.request-expiry=1h",
            "switchboard.retry.budget.capacity=50",
            "switchboard.retry.budget.cost=5")
        .run(
            context ->
                assertThat(settings(context))
                    .isEqualTo(
                        RetrySettings.builder()
                            .lenientWiring(true)
                            .enabled(false)
                            .policy(
                                RetryPolicy.builder()
                                    .include(IOException.class)
                                    .exclude(EOFException.class)
                                    .exclude(FileNotFoundException.class)
                                    .maxRetries(7)
                                    .delay(Duration.ofSeconds(1))
                                    .multiplier(1.5)
                                    .maxDelay(Duration.ofSeconds(20))
                                    .jitter(Duration.ZERO)
                                    .timeout(Duration.ofMinutes(1))
                                    .build())
                            .maxRetryAfter(Duration.ofSeconds(5))
                            .requests(99, Duration.ofHours(1))
                            .budget(50, 5)
                            .build()));
  }

  @Test
  void budgetCanBeSwitchedOff() {
    runner
        .withPropertyValues("switchboard.retry.budget.enabled=false")
        .run(context -> assertThat(settings(context).budgetCapacity()).isZero());
  }

  @Test
  void operationsPropertiesSayAllThatTheAnnotationSays() {
    String ask = "switchboard.retry.operations.Marketing.ask.";
    runner
        .withPropertyValues(
            ask + "includes=java.io.IOException",
            ask + "excludes=java.io.EOFException",
            ask + "max-retries=7",
            ask + "delay=1s",
            ask + "multiplier=1.5",
            ask + "max-delay=20s",
            ask + "jitter=0s",
            ask + "timeout=1m")
        .run(
            context ->
                assertThat(settings(context).operations())
                    .containsExactly(
                        Map.entry(
                            "Marketing.ask",
                            RetryPolicy.builder()
                                .include(IOException.class)
                                .exclude(EOFException.class)
                                .maxRetries(7)
                                .delay(Duration.ofSeconds(1))
                                .multiplier(1.5)
                                .maxDelay(Duration.ofSeconds(20))
                                .jitter(Duration.ZERO)
                                .timeout(Duration.ofMinutes(1))
                                .build())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "switchboard.retry.operations:\n  Marketing.ask:\n    max-retries: 5",
        "switchboard.retry.operations.Marketing.ask.max-retries: 5",
        "switchboard:\n  retry:\n    operations:\n      marketing:\n        ask:\n"
            + "          maxRetries: 5"
      })
  void yamlNamesAnOperation(String yaml) {
    Sources.yaml(runner, yaml).run(context -> asks(context, 6));
  }

  @Test
  void environmentNamesAnOperation() {
    Sources.environment(
            runner, Map.of("SWITCHBOARD_RETRY_OPERATIONS_MARKETING_ASK_MAXRETRIES", "5"))
        .run(context -> asks(context, 6));
  }

  @Test
  void environmentNamesAnOperationOfTwoWords() {
    Sources.environment(
            runner, Map.of("SWITCHBOARD_RETRY_OPERATIONS_MARKETING_ASKBYDEFAULT_MAXRETRIES", "5"))
        .run(
            context ->
                assertThat(catchThrowable(context.getBean(Marketing.class)::askByDefault))
                    .hasMessage("attempt 6"));
  }

  @Test
  void environmentWinsOverFiles() {
    Sources.environment(
            runner, Map.of("SWITCHBOARD_RETRY_OPERATIONS_MARKETING_ASK_MAXRETRIES", "5"))
        .withPropertyValues(
            "switchboard.retry.operations.Marketing.ask.max-retries=9",
            "switchboard.retry.operations.Marketing.ask.delay=1ms")
        .run(context -> asks(context, 6));
  }
}
