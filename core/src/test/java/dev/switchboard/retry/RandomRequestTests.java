package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import dev.switchboard.LiveObjects;
import dev.switchboard.ThreadBindings;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/**
 * Ids and labels of requests that never come again leave a bounded number behind, and for a time.
 */
class RandomRequestTests {

  private static final int CALLS = Faults.scaled(10_000);
  private static final int KEPT = 100;

  private final SplittableRandom random = new SplittableRandom(20_261_122);
  private final FakeTicker ticker = new FakeTicker();
  private final RetryExecutor engine =
      RetryExecutor.builder()
          .ticker(ticker)
          .settings(
              RetrySettings.builder().budget(0, 1).requests(KEPT, Duration.ofMinutes(10)).build())
          .build();
  private final RetryOperation ask =
      engine.operation(
          "BookingDesk.ask", RetryPolicy.builder().maxRetries(1).delay(Duration.ZERO).build());
  private final RetryOperation askLater =
      engine.operation(
          "BookingDesk.askLater",
          RetryPolicy.builder()
              .maxRetries(1)
              .delay(Duration.ofHours(1))
              .maxDelay(Duration.ofHours(1))
              .build());

  private String any() {
    return Long.toUnsignedString(random.nextLong(), 36);
  }

  private void callWithRandomIds(int calls) {
    for (int i = 0; i < calls; i++) {
      List<String> ids = List.of(any(), any());
      swallow(() -> engine.call(ask, null, ids, Flaky.times(2)));
      cancelWhileItWaits(List.of(any()));
      if (i % 100 == 0) {
        assertThat(engine.requests().size()).isLessThanOrEqualTo(KEPT);
      }
    }
  }

  private void cancelWhileItWaits(List<String> ids) {
    ThreadBindings none = ThreadBindings.capture();
    RetryContext context = engine.begin(askLater, null, ids, none);
    CompletableFuture<String> call =
        new RetriedFuture<String>(
                engine,
                context,
                none,
                attempt -> CompletableFuture.failedFuture(new IllegalStateException("down")))
            .start();
    assertThat(call.cancel(true)).isTrue();
  }

  private void callInRandomScopes(int calls) {
    for (int i = 0; i < calls; i++) {
      try (RetryScope outer = RetryScope.open(any());
          RetryScope inner = RetryScope.open(any())) {
        assertThat(inner).isNotSameAs(outer);
        swallow(() -> engine.call(ask, Flaky.times(2)));
      }
    }
  }

  @Test
  void randomRequestIdsStayAtTheirBoundAndExpire() {
    callWithRandomIds(1_000);
    LiveObjects before = LiveObjects.count();
    callWithRandomIds(CALLS);
    assertNothingIsLeftSince(before);
    assertThat(engine.requests().size()).isEqualTo(KEPT);
    ticker.advance(Duration.ofMinutes(11));
    assertThat(engine.requests().size()).isZero();
  }

  @Test
  void randomLabelsLeaveNothingBehind() {
    callInRandomScopes(1_000);
    LiveObjects before = LiveObjects.count();
    callInRandomScopes(CALLS);
    assertNothingIsLeftSince(before);
    assertThat(engine.requests().size()).isZero();
  }

  private static void assertNothingIsLeftSince(LiveObjects before) {
    LiveObjects after = LiveObjects.countDownTo(before.ours() + KEPT);
    System.out.printf(
        "Memory after %,d random requests: %+d objects, %+,d KiB%n",
        CALLS, after.ours() - before.ours(), (after.bytes() - before.bytes()) / 1024);
    assertThat(after.ours() - before.ours()).isLessThan(KEPT);
    assertThat(after.bytes() - before.bytes()).isLessThan(1 << 20);
  }
}
