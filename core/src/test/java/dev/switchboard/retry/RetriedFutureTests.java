package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.ThreadBindings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Retries of work that answers with a future. */
class RetriedFutureTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(sleeper).build();

  private RetryOperation operation(int maxRetries) {
    return engine.operation(
        "desk.ask",
        RetryPolicy.builder()
            .maxRetries(maxRetries)
            .delay(Duration.ofSeconds(1))
            .jitter(Duration.ZERO)
            .multiplier(2.0)
            .build());
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  /** Fails the first attempts, late. */
  private static RetryWork<CompletableFuture<Integer>, RuntimeException> flaky(int failures) {
    return context ->
        CompletableFuture.supplyAsync(
            () -> {
              if (context.attempt() <= failures) {
                throw new CompletionException(new IOException("attempt " + context.attempt()));
              }
              return context.attempt();
            });
  }

  @Test
  void failureThatArrivesLaterIsRetriedAfterItsDelay() throws Exception {
    assertThat(get(engine.callAsync(operation(3), flaky(2)))).isEqualTo(3);
    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(1), Duration.ofSeconds(2));
  }

  @Test
  void noDelayMeansNoWait() throws Exception {
    RetryOperation eager =
        engine.operation("desk.ask", RetryPolicy.builder().delay(Duration.ZERO).build());
    assertThat(get(engine.callAsync(eager, flaky(2)))).isEqualTo(3);
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void jitterOfNoDelayIsNone() throws Exception {
    RetryPolicy jittered =
        RetryPolicy.builder().delay(Duration.ZERO).jitter(Duration.ofSeconds(1)).build();
    RetryOperation eager = engine.operation("desk.ask", jittered);
    assertThat(get(engine.callAsync(eager, flaky(2)))).isEqualTo(3);
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void wideJitterOfASteepBackOffDoesNotOverflow() throws Exception {
    RetryPolicy steep =
        RetryPolicy.builder()
            .delay(Duration.ofMillis(1))
            .multiplier(100_000.0)
            .maxDelay(Duration.ofHours(1))
            .jitter(Duration.ofHours(1))
            .build();
    for (int i = 0; i < 200; i++) {
      get(engine.callAsync(engine.operation("desk.ask", steep), flaky(3)));
    }
    assertThat(sleeper.waits()).hasSize(600);
  }

  @Test
  void cancellingReachesAnAttemptThatBeganWithoutDelay() throws Exception {
    RetryOperation eager =
        engine.operation("desk.ask", RetryPolicy.builder().delay(Duration.ZERO).build());
    for (int i = 0; i < 30; i++) { // as many as the budget allows
      CompletableFuture<CompletableFuture<Integer>> second = new CompletableFuture<>();
      CompletableFuture<Integer> asked =
          engine.callAsync(
              eager,
              context -> {
                if (!context.isRetry()) {
                  return CompletableFuture.failedFuture(new IOException("first"));
                }
                CompletableFuture<Integer> answer = new CompletableFuture<>();
                second.complete(answer);
                return answer;
              });
      CompletableFuture<Integer> running = second.get(20, TimeUnit.SECONDS);
      asked.cancel(true);
      assertThat(running).failsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void withoutASleeperTheNextAttemptBeginsAfterItsDelay() throws Exception {
    RetryExecutor real = RetryExecutor.builder().build();
    RetryOperation ask =
        real.operation("desk.ask", RetryPolicy.builder().delay(Duration.ofMillis(1)).build());
    assertThat(get(real.callAsync(ask, flaky(1)))).isEqualTo(2);
  }

  @Test
  void successForgivesAndGivesTheTokensBack() throws Exception {
    RetryOperation operation = operation(1);
    try (RetryScope turn = RetryScope.open("turn")) {
      get(engine.callAsync(operation, flaky(1)));
      assertThat(operation.budgetLeft()).hasValue(500);
      assertThat(turn.spent(operation)).isZero();
      assertThat(get(engine.callAsync(operation, flaky(1)))).isEqualTo(2);
    }
  }

  @Test
  void noAttemptBeginsAfterAWaitThatTookTooLong() {
    RetryExecutor slow =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(
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
                })
            .build();
    RetryOperation operation =
        slow.operation("ask", RetryPolicy.builder().timeout(Duration.ofSeconds(6)).build());
    assertThatThrownBy(() -> get(slow.callAsync(operation, flaky(9))))
        .isInstanceOf(IOException.class)
        .hasMessage("attempt 1");
  }

  @Test
  void lastFailureReachesTheCallerWithTheEarlierOnes() {
    assertThatThrownBy(() -> get(engine.callAsync(operation(1), flaky(9))))
        .isInstanceOf(IOException.class)
        .hasMessage("attempt 2")
        .satisfies(last -> assertThat(last.getSuppressed()).hasSize(1));
  }

  @Test
  void workThatThrowsIsRetriedAsWell() throws Exception {
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> asked =
        engine.callAsync(
            operation(3),
            context -> {
              if (attempts.incrementAndGet() == 1) {
                throw new IOException("at once");
              }
              return CompletableFuture.completedFuture("second");
            });
    assertThat(get(asked)).isEqualTo("second");
  }

  @Test
  void contextIsTheSameInAllAttempts() throws Exception {
    List<RetryContext> seen = new ArrayList<>();
    RetryWork<CompletableFuture<Integer>, RuntimeException> flaky = flaky(2);
    get(
        engine.callAsync(
            operation(3),
            context -> {
              seen.add(RetryContext.current());
              return flaky.run(context);
            }));
    assertThat(seen).hasSize(3).containsOnly(seen.get(0));
    assertThat(ThreadBindings.capture().isEmpty()).isTrue();
  }

  @Test
  void cancellingWhileAnAttemptRunsCancelsItAndNoOtherBegins() {
    CompletableFuture<String> attempt = new CompletableFuture<>();
    AtomicInteger attempts = new AtomicInteger();
    CompletableFuture<String> asked =
        engine.callAsync(
            operation(3),
            context -> {
              attempts.incrementAndGet();
              return attempt;
            });
    asked.cancel(true);
    assertThat(attempt).isCancelled();
    assertThat(attempts).hasValue(1);
  }

  @Test
  void cancellingWhileItWaitsEndsTheWaitAndGivesTheRetryBack() throws Exception {
    CompletableFuture<@Nullable Void> delay = new CompletableFuture<>();
    CompletableFuture<@Nullable Void> waiting = new CompletableFuture<>();
    RetryExecutor held =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(
                new Sleeper() {
                  @Override
                  public void sleep(Duration wait) {
                    throw new AssertionError("a thread is held");
                  }

                  @Override
                  public CompletableFuture<@Nullable Void> delay(Duration wait) {
                    waiting.complete(null);
                    return delay;
                  }
                })
            .build();
    RetryOperation operation = held.operation("ask", RetryPolicy.builder().build());
    CompletableFuture<Integer> asked = held.callAsync(operation, flaky(9));
    waiting.get(20, TimeUnit.SECONDS);
    while (operation.budgetLeft().orElseThrow() == 500) {
      Thread.onSpinWait();
    }
    asked.cancel(true);

    assertThat(delay).failsWithin(20, TimeUnit.SECONDS);
    assertThat(delay).isCancelled();
    while (operation.budgetLeft().orElseThrow() < 500) {
      Thread.onSpinWait();
    }
  }

  @Test
  void deadlineSpansAttemptsAndWaits() {
    RetryOperation operation =
        engine.operation(
            "hurried.ask",
            RetryPolicy.builder()
                .maxRetries(9)
                .delay(Duration.ofSeconds(1))
                .jitter(Duration.ZERO)
                .timeout(Duration.ofMillis(2500))
                .build());
    assertThatThrownBy(() -> get(engine.callAsync(operation, flaky(9))))
        .isInstanceOf(IOException.class)
        .hasMessage("attempt 2");
    assertThat(sleeper.waits()).hasSize(1);
  }

  @Test
  void nestedFutureBelongsToTheEnclosingRequest() {
    RetryOperation outer = operation(2);
    RetryOperation inner = operation(2);
    AtomicInteger bodies = new AtomicInteger();
    CompletableFuture<String> asked =
        engine.callAsync(
            outer,
            enclosing ->
                engine.callAsync(
                    inner,
                    context -> {
                      bodies.incrementAndGet();
                      return CompletableFuture.failedFuture(new IOException());
                    }));
    assertThatThrownBy(() -> get(asked)).isInstanceOf(IOException.class);
    assertThat(bodies).hasValue(5);
  }

  @Test
  void scopeOfTheCallerCountsInLaterAttemptsAsWell() throws Exception {
    RetryOperation operation = operation(2);
    try (RetryScope turn = RetryScope.open("turn")) {
      assertThat(turn).isNotNull();
      assertThatThrownBy(() -> get(engine.callAsync(operation, flaky(9)))).hasMessage("attempt 3");
      assertThatThrownBy(() -> get(engine.callAsync(operation, flaky(9)))).hasMessage("attempt 1");
    }
    assertThatThrownBy(() -> get(engine.callAsync(operation, flaky(9)))).hasMessage("attempt 3");
  }

  @Test
  void manyRetriesWithoutDelayNeedNoDeepStack() throws Exception {
    RetryExecutor unbounded =
        RetryExecutor.builder()
            .settings(RetrySettings.builder().budget(0, 1).build())
            .ticker(ticker)
            .build();
    RetryOperation free =
        unbounded.operation(
            "eager.ask",
            RetryPolicy.builder()
                .maxRetries(20_000)
                .delay(Duration.ZERO)
                .jitter(Duration.ZERO)
                .build());
    CompletableFuture<String> asked =
        unbounded.callAsync(
            free,
            context ->
                context.attempt() <= 20_000
                    ? CompletableFuture.failedFuture(new IOException())
                    : CompletableFuture.completedFuture("at last"));

    assertThat(get(asked)).isEqualTo("at last");
  }

  @Test
  void cancelledAttemptIsNotRetried() {
    CompletableFuture<String> asked =
        engine.callAsync(
            operation(3), context -> CompletableFuture.failedFuture(new CancellationException()));
    assertThatThrownBy(() -> get(asked)).isInstanceOf(CancellationException.class);
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  @SuppressWarnings("NullAway") // as by code that is not checked for nulls
  void nullInsteadOfAFutureFailsTheCall() {
    assertThatThrownBy(() -> get(engine.<String>callAsync(operation(0), context -> null)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("desk.ask returned null where a CompletionStage is due");
  }
}
