package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RetryBudgetTests {

  private final FakeTicker ticker = new FakeTicker();
  private final RetryBudget budget = new RetryBudget(ticker, 500, 14);

  @Test
  void totalOutageCosts35ExtraCalls() {
    RetryExecutor engine = engine(RetrySettings.defaults());
    RetryOperation operation = operation(engine);
    Flaky outage = Flaky.times(10_000);
    for (int i = 0; i < 1_000; i++) {
      swallow(() -> engine.call(operation, outage));
    }
    assertThat(outage.runs()).isEqualTo(1_035);
  }

  @Test
  void withoutBudgetOnlyTheRequestBoundsRetries() {
    RetryExecutor engine = engine(RetrySettings.builder().budget(0, 14).build());
    RetryOperation operation = operation(engine);
    Flaky outage = Flaky.times(10_000);
    for (int i = 0; i < 1_000; i++) {
      swallow(() -> engine.call(operation, outage));
    }
    assertThat(outage.runs()).isEqualTo(4_000);
  }

  @Test
  void operationsOfOneNameHaveTheirOwnBudgets() {
    RetryExecutor engine = engine(RetrySettings.builder().budget(14, 14).build());
    for (RetryOperation operation : new RetryOperation[] {operation(engine), operation(engine)}) {
      Flaky outage = Flaky.times(10);
      swallow(() -> engine.call(operation, outage));
      assertThat(outage.runs()).isEqualTo(2);
    }
  }

  @Test
  void retryThatSucceedsGivesItsTokensBack() throws Exception {
    RetryExecutor engine = engine(RetrySettings.builder().budget(14, 14).build());
    RetryOperation operation = operation(engine);
    for (int i = 0; i < 100; i++) {
      assertThat(engine.call(operation, Flaky.times(1))).isEqualTo("done in 2");
    }
  }

  @Test
  void requestWithoutRetriesLeftTakesNoTokens() {
    RetryExecutor engine = engine(RetrySettings.builder().budget(43, 14).build());
    RetryOperation operation = operation(engine);
    swallow(() -> engine.call(operation, Flaky.times(9)));
    ticker.advance(Duration.ofSeconds(13));
    Flaky next = Flaky.times(9);
    swallow(() -> engine.call(operation, next));
    assertThat(next.runs()).isEqualTo(2);
  }

  @Test
  void eachSecondBringsAToken() {
    empty();
    ticker.advance(Duration.ofSeconds(3));
    assertThat(budget.take()).as("10 tokens left and 3 brought").isFalse();
    ticker.advance(Duration.ofSeconds(1));
    assertThat(budget.take()).isTrue();
  }

  @Test
  void eachSuccessBringsAToken() {
    empty();
    IntStream.range(0, 3).forEach(i -> budget.succeeded(false, ticker.read()));
    assertThat(budget.take()).isFalse();
    budget.succeeded(false, ticker.read());
    assertThat(budget.take()).isTrue();
  }

  @Test
  void budgetCountsFromWhenItWasMade() {
    ticker.advance(Duration.ofDays(5));
    RetryBudget late = new RetryBudget(ticker, 28, 14);
    IntStream.range(0, 2).forEach(i -> assertThat(late.take()).isTrue());
    IntStream.range(0, 14).forEach(i -> late.succeeded(false, ticker.read()));
    assertThat(late.take()).isTrue();
    assertThat(late.take()).as("none left").isFalse();
    assertThat(late.left()).isZero();
    assertThat(late.capacity()).isEqualTo(28);
  }

  @Test
  void noMoreThanTheCapacityIsKept() {
    ticker.advance(Duration.ofDays(1));
    IntStream.range(0, 1_000).forEach(i -> budget.succeeded(true, ticker.read()));
    assertThat(IntStream.range(0, 100).filter(i -> budget.take())).hasSize(35);
  }

  @Test
  void threadsTogetherTakeNoMoreThanThereIs() {
    assertThat(IntStream.range(0, 1_000).parallel().filter(i -> budget.take()).count())
        .isEqualTo(35);
  }

  /** Whenever the calls that succeed began. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void asManyAreLeftAsAreCounted(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    long left = 500_000;
    long made = ticker.read();
    for (int step = 0; step < 10_000; step++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          long millis = random.nextLong(random.nextBoolean() ? 10 : 20_000);
          ticker.advance(Duration.ofMillis(millis));
          left = Math.min(500_000, left + millis);
        }
        case 1 -> {
          assertThat(budget.take()).isEqualTo(left >= 14_000);
          left -= left >= 14_000 ? 14_000 : 0;
        }
        default -> {
          boolean retry = random.nextBoolean();
          long now = ticker.read();
          budget.succeeded(retry, random.nextBoolean() ? now : random.nextLong(made, now + 1));
          left = Math.min(500_000, left + (retry ? 15_000 : 1_000));
        }
      }
      assertThat(Math.round(budget.left() * 1_000)).isEqualTo(left);
    }
  }

  private void empty() {
    assertThat(IntStream.range(0, 100).filter(i -> budget.take())).hasSize(35);
  }

  private RetryExecutor engine(RetrySettings settings) {
    return RetryExecutor.builder().settings(settings).ticker(ticker).build();
  }

  private static RetryOperation operation(RetryExecutor engine) {
    return engine.operation("BookingDesk.ask", RetryPolicy.builder().delay(Duration.ZERO).build());
  }
}
