package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Setting;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;
import reactor.core.publisher.Mono;

class RetryObserverTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final List<String> told = new ArrayList<>();

  private final RetryObserver recorder =
      new RetryObserver() {
        @Override
        public void created(RetryOperation operation) {
          told.add(operation.name());
        }

        @Override
        public void retried(RetryOperation operation, boolean succeeded) {
          told.add("retried " + succeeded);
        }

        @Override
        public void stopped(RetryOperation operation, Stop cause) {
          told.add("stopped " + cause);
        }
      };

  private RetryExecutor engine(RetryObserver observer, RetrySettings settings) {
    return RetryExecutor.builder()
        .ticker(ticker)
        .sleeper(sleeper)
        .settings(settings)
        .observer(observer)
        .build();
  }

  private RetryOperation operation(RetryExecutor engine) {
    return engine.operation(
        "Desk.ask",
        RetryPolicy.builder().include(Exception.class).maxRetries(2).jitter(Duration.ZERO).build());
  }

  private List<String> told(RetryWork<?, ? extends Throwable> work) {
    RetryExecutor engine = engine(recorder, RetrySettings.defaults());
    RetryOperation operation = operation(engine);
    told.clear();
    swallow(() -> engine.call(operation, work));
    return told;
  }

  @Test
  void successAtOnceIsNotTold() {
    assertThat(told(Flaky.times(0))).isEmpty();
  }

  @Test
  void retriesAreToldWithTheirOutcome() {
    assertThat(told(Flaky.times(2))).containsExactly("retried false", "retried true");
  }

  @Test
  void exhaustedRequestsAreTold() {
    assertThat(told(Flaky.times(9)))
        .containsExactly("retried false", "retried false", "stopped EXHAUSTED");
  }

  @Test
  void whatIsNotRetryableIsTold() {
    assertThat(told(new Flaky(new AssertionError()))).containsExactly("stopped NOT_RETRYABLE");
  }

  @Test
  void givenUpInvocationsAreTold() {
    assertThat(
            told(
                context -> {
                  context.giveUp();
                  throw new IOException();
                }))
        .containsExactly("stopped GIVEN_UP");
  }

  @Test
  void interruptsAreTold() {
    sleeper.interruptNext();
    assertThat(told(Flaky.times(9))).containsExactly("stopped INTERRUPTED");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void deadlinesAndLongWaitsAreTold() {
    HttpHeaders headers = new HttpHeaders();
    headers.set("Retry-After", "3600");
    assertThat(
            told(
                new Flaky(
                    HttpServerErrorException.create(
                        HttpStatus.SERVICE_UNAVAILABLE, "", headers, new byte[0], null))))
        .containsExactly("stopped RETRY_AFTER");

    RetryExecutor engine = engine(recorder, RetrySettings.defaults());
    RetryOperation hurried =
        engine.operation("Desk.ask", RetryPolicy.builder().timeout(Duration.ofMillis(1)).build());
    told.clear();
    swallow(() -> engine.call(hurried, Flaky.times(9)));
    assertThat(told).containsExactly("stopped DEADLINE");
  }

  @Test
  void aDeadlineThatPassesDuringTheWaitIsTold() {
    RetryExecutor slow =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(wait -> ticker.advance(Duration.ofMinutes(1)))
            .observer(recorder)
            .build();
    RetryOperation hurried =
        slow.operation("Desk.ask", RetryPolicy.builder().timeout(Duration.ofSeconds(9)).build());
    told.clear();
    swallow(() -> slow.call(hurried, Flaky.times(9)));
    assertThat(told).containsExactly("stopped DEADLINE");
  }

  @Test
  void aDeadlineThatPassesDuringTheWaitOfAPublisherIsTold() {
    Sleeper oversleeping =
        new Sleeper() {
          @Override
          public void sleep(Duration wait) {
            throw new AssertionError("a thread is held");
          }

          @Override
          public CompletableFuture<@Nullable Void> delay(Duration wait) {
            ticker.advance(Duration.ofMinutes(1));
            return CompletableFuture.completedFuture(null);
          }
        };
    RetryExecutor slow =
        RetryExecutor.builder().ticker(ticker).sleeper(oversleeping).observer(recorder).build();
    RetryOperation hurried =
        slow.operation("Desk.ask", RetryPolicy.builder().timeout(Duration.ofSeconds(9)).build());
    told.clear();
    swallow(
        () ->
            RetryPublishers.mono(slow, hurried, context -> Mono.error(new IOException("down")))
                .block(Duration.ofSeconds(20)));
    assertThat(told).containsExactly("stopped DEADLINE");
  }

  @Test
  void anEmptyBudgetIsToldUnlessTheRequestHadItsRetries() {
    RetryExecutor engine = engine(recorder, RetrySettings.builder().budget(20, 10).build());
    RetryOperation operation = operation(engine);
    assertThat(operation.budgetLeft()).hasValue(20);
    told.clear();
    swallow(() -> engine.call(operation, Flaky.times(9)));
    swallow(() -> engine.call(operation, Flaky.times(9)));
    assertThat(told)
        .containsExactly("retried false", "retried false", "stopped EXHAUSTED", "stopped BUDGET");
    assertThat(operation.budgetLeft().orElseThrow()).isLessThan(10);
  }

  @Test
  void tokensComeBackWithTime() {
    RetryExecutor engine = engine(recorder, RetrySettings.builder().budget(20, 10).build());
    RetryOperation operation = operation(engine);
    swallow(() -> engine.call(operation, Flaky.times(9)));
    double left = operation.budgetLeft().orElseThrow();
    ticker.advance(Duration.ofSeconds(5));
    assertThat(operation.budgetLeft()).hasValue(left + 5);
    ticker.advance(Duration.ofHours(1));
    assertThat(operation.budgetLeft()).hasValue(20);
    assertThat(
            operation(engine(recorder, RetrySettings.builder().budget(0, 1).build())).budgetLeft())
        .isEmpty();
  }

  @Test
  void anObserverThatFailsChangesNothing() throws Exception {
    RetryObserver saboteur =
        new RetryObserver() {
          @Override
          public void created(RetryOperation operation) {
            throw new NoClassDefFoundError("broken");
          }

          @Override
          public void retried(RetryOperation operation, boolean succeeded) {
            throw new IllegalStateException("broken");
          }

          @Override
          public void stopped(RetryOperation operation, Stop cause) {
            throw new IllegalStateException("broken");
          }
        };
    RetryExecutor engine = engine(saboteur, RetrySettings.defaults());
    RetryOperation operation = operation(engine);
    assertThat(engine.call(operation, Flaky.times(2))).isEqualTo("done in 3");
    Flaky hopeless = Flaky.times(9);
    swallow(() -> engine.call(operation, hopeless));
    assertThat(hopeless.runs()).isEqualTo(3);
  }

  @Test
  void operationsInUseAreKnownByName() {
    RetryExecutor engine = engine(recorder, RetrySettings.defaults());
    RetryOperation second = engine.operation("b", RetryPolicy.builder().build());
    RetryOperation first = engine.operation("a", RetryPolicy.builder().build());
    assertThat(engine.operations()).containsExactly(first, second);
  }

  @Test
  void settingsNameTheirOrigin() {
    RetrySettings settings =
        RetrySettings.builder()
            .policy(RetryPolicy.builder().maxDelay(Duration.ofSeconds(5)).maxRetries(9).build())
            .operation("desk.ask", RetryPolicy.builder().multiplier(3).build())
            .build();
    assertThat(operation(engine(recorder, settings)).settings())
        .containsExactly(
            new Setting("includes", List.of(Exception.class), "the operation's policy"),
            new Setting("excludes", null, "default"),
            new Setting("max-retries", 2, "the operation's policy"),
            new Setting("delay", Duration.ofMillis(500), "default"),
            new Setting("multiplier", 3.0, "switchboard.retry.operations.desk.ask.multiplier"),
            new Setting("max-delay", Duration.ofSeconds(5), "switchboard.retry.max-delay"),
            new Setting("jitter", Duration.ZERO, "the operation's policy"),
            new Setting("timeout", null, "default"));
  }
}
