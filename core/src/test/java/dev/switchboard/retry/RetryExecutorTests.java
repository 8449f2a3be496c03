package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.Invocation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryExecutorTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(sleeper).build();

  private static RetryPolicy.Builder policy() {
    return RetryPolicy.builder().maxRetries(2).jitter(Duration.ZERO);
  }

  private RetryOperation operation(RetryPolicy.Builder policy) {
    return engine.operation("BookingDesk.ask", policy.build());
  }

  @Test
  void successIsNotRetried() throws Exception {
    Flaky work = Flaky.times(0);
    assertThat(engine.call(operation(policy()), work)).isEqualTo("done in 1");
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void failureIsRetriedUntilItSucceeds() throws Exception {
    assertThat(engine.call(operation(policy()), Flaky.times(2))).isEqualTo("done in 3");
  }

  @Test
  void waitsGrowUpToTheLongest() {
    RetryOperation operation =
        operation(
            policy().maxRetries(4).delay(Duration.ofSeconds(2)).maxDelay(Duration.ofSeconds(9)));
    swallow(() -> engine.call(operation, Flaky.times(9)));
    assertThat(sleeper.waits()).extracting(Duration::toSeconds).containsExactly(2L, 4L, 8L, 9L);
  }

  @Test
  void waitsAreJitteredByTheDelayUnlessToldOtherwise() {
    RetryOperation operation =
        engine.operation("BookingDesk.ask", RetryPolicy.builder().maxRetries(1).build());
    for (int i = 0; i < 20; i++) {
      swallow(() -> engine.call(operation, Flaky.times(9)));
    }
    assertThat(sleeper.waits())
        .allMatch(wait -> wait.toMillis() >= 500 && wait.toMillis() <= 1000)
        .doesNotHaveDuplicates();
  }

  @Test
  void withoutASleeperItsThreadWaits() throws Exception {
    RetryExecutor real = RetryExecutor.builder().build();
    RetryOperation ask =
        real.operation(
            "BookingDesk.ask",
            policy().delay(Duration.ofHours(1)).maxDelay(Duration.ofHours(1)).build());
    Flaky work = Flaky.times(9);
    Thread caller = new Thread(() -> swallow(() -> real.call(ask, work)));
    caller.start();
    while (caller.getState() != Thread.State.TIMED_WAITING) {
      assertThat(caller.isAlive()).isTrue();
      Thread.onSpinWait();
    }
    caller.interrupt();
    caller.join();
    assertThat(work.runs()).isEqualTo(1);
  }

  @Test
  void hugeValuesStillGiveWaitsWithinTheirBound() {
    Duration ages = Duration.ofDays(400_000);
    RetryOperation operation =
        operation(
            policy()
                .maxRetries(8)
                .delay(Duration.ofNanos(1))
                .multiplier(1e300)
                .maxDelay(ages)
                .jitter(ages));
    swallow(() -> engine.call(operation, Flaky.times(3)));
    assertThat(sleeper.waits()).allMatch(wait -> !wait.isNegative());
  }

  @Test
  void noDelayMeansNoWait() throws Exception {
    engine.call(operation(policy().delay(Duration.ZERO)), Flaky.times(2));
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void lastFailureIsThrownAsItWasWithTheEarlierOnesSuppressed() {
    IOException first = new IOException("first");
    IOException second = new IOException("second");
    IOException third = new IOException("third");
    Throwable thrown =
        catchThrowable(() -> engine.call(operation(policy()), new Flaky(first, second, third)));
    assertThat(thrown).isSameAs(third);
    assertThat(thrown.getSuppressed()).containsExactly(first, second);
  }

  @Test
  void failureIsNotSuppressedOnItselfNorOnItsOwnCause() {
    IOException first = new IOException("first");
    IOException same = new IOException("same", first);
    Throwable thrown =
        catchThrowable(() -> engine.call(operation(policy()), new Flaky(first, same, same)));
    assertThat(thrown).isSameAs(same);
    assertThat(thrown.getSuppressed()).isEmpty();
  }

  @Test
  void failureThatTheLastOneCausedIsNotSuppressedOnIt() {
    IOException last = new IOException("last");
    Throwable thrown =
        catchThrowable(
            () ->
                engine.call(
                    operation(policy().maxRetries(1)), new Flaky(new IOException(last), last)));
    assertThat(thrown.getSuppressed()).isEmpty();
  }

  @Test
  void sharedFailureDoesNotGrowForEver() {
    IOException shared = new IOException("shared");
    RetryOperation operation = operation(policy().maxRetries(1).delay(Duration.ZERO));
    for (int i = 0; i < 30; i++) {
      swallow(() -> engine.call(operation, new Flaky(new IOException(), shared)));
      ticker.advance(Duration.ofMinutes(1));
    }
    assertThat(shared.getSuppressed()).hasSize(16);
  }

  @Test
  void lastOfManyFailuresCarriesAFewOfThem() {
    RetryOperation stubborn = operation(policy().maxRetries(30).delay(Duration.ZERO));
    assertThatThrownBy(() -> engine.call(stubborn, Flaky.times(31)))
        .hasMessage("failure 31")
        .satisfies(last -> assertThat(last.getSuppressed()).hasSize(16));
  }

  @Test
  void failureThatSuppressesNothingIsThrownAllTheSame() {
    RuntimeException last = new RuntimeException("last", null, false, false) {};
    Throwable thrown =
        catchThrowable(
            () ->
                engine.call(operation(policy().maxRetries(1)), new Flaky(new IOException(), last)));
    assertThat(thrown).isSameAs(last);
  }

  @Test
  void waitThatWouldPassTheDeadlineIsNotBegun() {
    Flaky work = Flaky.times(9);
    RetryOperation operation =
        operation(
            policy().maxRetries(9).delay(Duration.ofSeconds(2)).timeout(Duration.ofSeconds(6)));
    assertThatThrownBy(() -> engine.call(operation, work)).hasMessage("failure 2");
    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(2));
  }

  @Test
  void noAttemptBeginsAfterTheDeadline() {
    RetryOperation operation =
        operation(policy().delay(Duration.ZERO).timeout(Duration.ofSeconds(6)));
    List<Integer> attempts = new ArrayList<>();
    assertThatThrownBy(
            () ->
                engine.call(
                    operation,
                    context -> {
                      attempts.add(context.attempt());
                      ticker.advance(Duration.ofSeconds(6));
                      throw new IOException("slow");
                    }))
        .hasMessage("slow");
    assertThat(attempts).containsExactly(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {6, 60})
  void noAttemptBeginsAfterAWaitThatTookTooLong(int seconds) {
    RetryExecutor slow =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(wait -> ticker.advance(Duration.ofSeconds(seconds)))
            .build();
    Flaky work = Flaky.times(9);
    RetryOperation operation =
        slow.operation("BookingDesk.ask", policy().timeout(Duration.ofSeconds(6)).build());
    assertThatThrownBy(() -> slow.call(operation, work)).hasMessage("failure 1");
    assertThat(work.runs()).isEqualTo(1);
  }

  @Test
  void nestedInvocationInheritsWhatRemains() throws Exception {
    RetryOperation outer = operation(policy().timeout(Duration.ofSeconds(6)));
    RetryOperation inner = operation(policy().timeout(Duration.ofHours(1)));
    Duration left =
        engine.call(
            outer,
            context -> {
              ticker.advance(Duration.ofSeconds(4));
              return engine.call(inner, nested -> nested.remaining().orElseThrow());
            });
    assertThat(left).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void nestedWaitThatWouldPassTheOuterDeadlineIsNotBegun() {
    RetryOperation outer = operation(policy().maxRetries(0).timeout(Duration.ofMillis(400)));
    Flaky work = Flaky.times(9);
    assertThatThrownBy(() -> engine.call(outer, context -> engine.call(operation(policy()), work)))
        .hasMessage("failure 1");
    assertThat(work.runs()).isEqualTo(1);
  }

  @Test
  void deadlineIsBoundAroundEveryAttempt() throws Exception {
    RetryOperation operation = operation(policy().timeout(Duration.ofSeconds(6)));
    long left =
        engine.call(operation, context -> requireNonNull(Invocation.current()).remainingNanos());
    assertThat(left).isEqualTo(Duration.ofSeconds(6).toNanos());
    assertThat(Invocation.current()).isNull();
  }

  @Test
  void interruptWhileWaitingStopsAndKeepsTheFlag() {
    sleeper.interruptNext();
    Flaky work = Flaky.times(9);
    Throwable thrown = catchThrowable(() -> engine.call(operation(policy()), work));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).hasMessage("failure 1");
    assertThat(work.runs()).isEqualTo(1);
  }

  @Test
  void retryThatAnInterruptPreventsIsNotCounted() {
    RetryOperation once = operation(policy().maxRetries(1));
    try (RetryScope turn = RetryScope.open("turn")) {
      sleeper.interruptNext();
      assertThat(catchThrowable(() -> engine.call(once, Flaky.times(9)))).isNotNull();
      assertThat(Thread.interrupted()).isTrue();
      assertThat(turn.spent(once)).isZero();
    }
  }

  @Test
  void retriesMadeBeforeAnInterruptAreCounted() {
    RetryOperation thrice = operation(policy().maxRetries(3));
    try (RetryScope turn = RetryScope.open("turn")) {
      swallow(
          () ->
              engine.call(
                  thrice,
                  context -> {
                    if (context.attempt() == 3) {
                      sleeper.interruptNext();
                    }
                    throw new IOException("down");
                  }));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(turn.spent(thrice)).isEqualTo(2);
    }
  }

  @Test
  void interruptedThreadIsNotRetried() {
    Flaky work = Flaky.times(9);
    Thread.currentThread().interrupt();
    Throwable thrown = catchThrowable(() -> engine.call(operation(policy()), work));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).hasMessage("failure 1");
    assertThat(sleeper.waits()).isEmpty();
  }

  @Test
  void switchedOffItRunsOnceAndTheContextStillWorks() {
    RetryExecutor off =
        RetryExecutor.builder().settings(RetrySettings.builder().enabled(false).build()).build();
    RetryOperation operation = off.operation("BookingDesk.ask", policy().build());
    List<Boolean> last = new ArrayList<>();
    assertThatThrownBy(
            () ->
                off.call(
                    operation,
                    context -> {
                      last.add(RetryContext.current().isLastAttempt());
                      throw new IOException("off");
                    }))
        .hasMessage("off");
    assertThat(last).containsExactly(true);
  }

  @Test
  void settingsForAnOperationWinOverItsPolicyAndThatOverTheDefaults() {
    RetrySettings settings =
        RetrySettings.builder()
            .policy(RetryPolicy.builder().maxRetries(7).multiplier(3).jitter(Duration.ZERO).build())
            .operation("booking-desk.ASK", RetryPolicy.builder().maxRetries(5).build())
            .build();
    RetryPolicy stated = RetryPolicy.builder().maxRetries(6).delay(Duration.ofSeconds(1)).build();
    RetryExecutor told = RetryExecutor.builder().settings(settings).build();
    RetryPolicy policy = told.operation("BookingDesk.ask", stated).policy();
    assertThat(policy.maxRetries()).isEqualTo(5);
    assertThat(policy.delay()).isEqualTo(Duration.ofSeconds(1));
    assertThat(policy.multiplier()).isEqualTo(3);
    assertThat(policy.maxDelay()).isEqualTo(Duration.ofSeconds(10));
    assertThat(told.operation("BookingDesk.tell", stated).policy().maxRetries()).isEqualTo(6);
  }
}
