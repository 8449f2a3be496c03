package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;

/** Retries of work that answers with a publisher. */
class RetryPublishersTests {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(sleeper).build();

  private static RetryPolicy.Builder policy() {
    return RetryPolicy.builder().maxRetries(2).jitter(Duration.ZERO);
  }

  /** Fails the first attempts. */
  private static RetryWork<Mono<Integer>, RuntimeException> flaky(int failures) {
    return context ->
        context.attempt() <= failures
            ? Mono.error(new IOException("attempt " + context.attempt()))
            : Mono.just(context.attempt());
  }

  @Test
  void failuresAreRetriedAfterTheirDelay() {
    RetryOperation ask = engine.operation("desk.ask", policy().build());
    StepVerifier.create(RetryPublishers.mono(engine, ask, flaky(2)))
        .expectNext(3)
        .expectComplete()
        .verify(LONG);
    assertThat(sleeper.waits()).extracting(Duration::toMillis).containsExactly(500L, 1000L);
  }

  @Test
  void eachSubscriptionIsARequestOfItsOwn() {
    RetryOperation ask = engine.operation("desk.ask", policy().build());
    for (int i = 0; i < 2; i++) {
      StepVerifier.create(RetryPublishers.mono(engine, ask, flaky(9)))
          .expectErrorMessage("attempt 3")
          .verify(LONG);
      StepVerifier.create(RetryPublishers.flux(engine, ask, flaky(9)))
          .expectErrorMessage("attempt 3")
          .verify(LONG);
    }
  }

  @Test
  void noDelayMeansNoWait() {
    RetryOperation ask = engine.operation("desk.ask", policy().delay(Duration.ZERO).build());
    StepVerifier.create(RetryPublishers.mono(engine, ask, flaky(2)))
        .expectNext(3)
        .expectComplete()
        .verify(LONG);
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void workThatThrowsIsRetriedAsWell() {
    RetryOperation ask = engine.operation("desk.ask", policy().build());
    AtomicInteger attempts = new AtomicInteger();
    Flux<String> asked =
        RetryPublishers.flux(
            engine,
            ask,
            context -> {
              if (attempts.incrementAndGet() == 1) {
                throw new IOException("at once");
              }
              return Flux.just("second");
            });
    StepVerifier.create(asked).expectNext("second").expectComplete().verify(LONG);
  }

  @Test
  void workThatThrowsFailsWithWhatItThrew() {
    RetryOperation ask = engine.operation("desk.ask", policy().maxRetries(0).build());
    IOException failure = new IOException("at once");
    Flux<String> asked =
        RetryPublishers.flux(
            engine,
            ask,
            context -> {
              throw failure;
            });
    StepVerifier.create(asked)
        .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
        .verify(LONG);
  }

  @Test
  void successForgivesAndGivesTheTokensBack() {
    RetryOperation ask = engine.operation("desk.ask", policy().maxRetries(1).build());
    try (RetryScope turn = RetryScope.open("turn")) {
      assertThat(RetryPublishers.mono(engine, ask, flaky(1)).block(LONG)).isEqualTo(2);
      assertThat(ask.budgetLeft()).hasValue(500);
      assertThat(turn.spent(ask)).isZero();
    }
  }

  @Test
  void retryThatSucceedsGivesBackWhatItTookAndNoMore() {
    RetryOperation ask = engine.operation("desk.ask", policy().build());
    StepVerifier.create(RetryPublishers.mono(engine, ask, flaky(9))).expectError().verify(LONG);
    double left = ask.budgetLeft().orElseThrow();
    assertThat(RetryPublishers.mono(engine, ask, flaky(1)).block(LONG)).isEqualTo(2);
    assertThat(ask.budgetLeft()).as("a success and half a second more").hasValue(left + 1.5);
  }

  @Test
  void retriesOfNestedPublishersAddUpThoughTheySucceed() {
    RetryOperation turn = engine.operation("desk.turn", policy().maxRetries(0).build());
    RetryOperation ask = engine.operation("desk.ask", policy().maxRetries(1).build());
    Mono<Integer> twice =
        RetryPublishers.mono(
            engine,
            turn,
            context ->
                RetryPublishers.mono(engine, ask, flaky(1))
                    .then(RetryPublishers.mono(engine, ask, flaky(1))));
    StepVerifier.create(twice).expectErrorMessage("attempt 1").verify(LONG);
  }

  @Test
  void noAttemptBeginsAfterAWaitThatTookTooLong() {
    RetryExecutor slow = engine(Duration.ofMinutes(1), CompletableFuture.completedFuture(null));
    RetryOperation ask =
        slow.operation("desk.ask", policy().timeout(Duration.ofSeconds(6)).build());
    StepVerifier.create(RetryPublishers.mono(slow, ask, flaky(9)))
        .expectErrorMessage("attempt 1")
        .verify(LONG);
  }

  @Test
  void cancellingWhileItWaitsEndsTheWaitAndGivesTheRetryBack() {
    CompletableFuture<@Nullable Void> delay = new CompletableFuture<>();
    RetryExecutor held = engine(Duration.ZERO, delay);
    RetryOperation ask = held.operation("desk.ask", policy().build());
    CopyOnWriteArrayList<Object> received = new CopyOnWriteArrayList<>();
    Disposable asked = RetryPublishers.mono(held, ask, flaky(9)).subscribe(received::add);
    assertThat(ask.budgetLeft().orElseThrow()).isLessThan(500);
    asked.dispose();
    assertThat(delay).isCancelled();
    assertThat(ask.budgetLeft()).hasValue(500);
    assertThat(received).isEmpty();
  }

  /** An engine whose waits take so long, and end with {@code delay}. */
  private RetryExecutor engine(Duration taken, CompletableFuture<@Nullable Void> delay) {
    Sleeper held =
        new Sleeper() {
          @Override
          public void sleep(Duration wait) {
            throw new AssertionError("a thread is held");
          }

          @Override
          public CompletableFuture<@Nullable Void> delay(Duration wait) {
            ticker.advance(taken);
            return delay;
          }
        };
    return RetryExecutor.builder().ticker(ticker).sleeper(held).build();
  }
}
