package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A specialist that is down for everyone, under 200 threads. */
class OutageTests {

  private static final int THREADS = 200;
  private static final int CALLS = 20;
  private static final int EXTRA = 35;

  private final FakeTicker ticker = new FakeTicker();
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(wait -> {}).build();
  private final RetryOperation operation =
      engine.operation(
          "ask",
          RetryPolicy.builder()
              .maxRetries(3)
              .delay(Duration.ofMillis(1))
              .jitter(Duration.ZERO)
              .build());
  private final ExecutorService callers = Executors.newFixedThreadPool(THREADS);
  private final AtomicBoolean down = new AtomicBoolean(true);
  private final AtomicInteger calls = new AtomicInteger();

  @AfterEach
  void stop() {
    callers.shutdownNow();
  }

  private String specialist() throws IOException {
    calls.incrementAndGet();
    if (down.get()) {
      throw new IOException("down");
    }
    return "up";
  }

  private List<CompletableFuture<Boolean>> everyoneCalls() {
    CountDownLatch together = new CountDownLatch(THREADS);
    List<CompletableFuture<Boolean>> all = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                together.countDown();
                boolean answered = true;
                for (int call = 0; call < CALLS; call++) {
                  try {
                    together.await();
                    engine.call(operation, context -> specialist());
                  } catch (IOException | InterruptedException e) {
                    answered = false;
                  }
                }
                return answered;
              },
              callers));
    }
    return all;
  }

  @Test
  void outageCostsAtMost35ExtraCallsAndRecoveryIsForAll() throws Exception {
    for (CompletableFuture<Boolean> one : everyoneCalls()) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isFalse();
    }
    assertThat(calls.get()).isBetween(THREADS * CALLS, THREADS * CALLS + EXTRA);

    down.set(false);
    calls.set(0);
    for (CompletableFuture<Boolean> one : everyoneCalls()) {
      assertThat(one.get(60, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(calls).hasValue(THREADS * CALLS);
    assertThat(operation.budgetLeft().orElseThrow()).isEqualTo(500);
  }
}
