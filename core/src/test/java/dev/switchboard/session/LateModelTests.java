package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A random mix of calls that answer with futures and publishers: answered, failed, lost, named,
 * cancelled in any order, queueing, nested, against a sequential model and a virtual clock. What
 * fails is shrunk to few steps, and printed with the seed of its episode.
 */
@Timeout(1800)
class LateModelTests {

  private static final long SEED = 20_261_123;
  private static final int STEPS = 500;

  /** Only a failure waits so long. */
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final Duration LITTLE_PATIENCE = Duration.ofMillis(200);

  @Test
  void theEngineDoesWhatTheModelSays() {
    int episodes = Faults.scaled(10);
    for (int episode = 0; episode < episodes; episode++) {
      String failure = failureOf(SEED + episode, PATIENCE, store -> store);
      assertThat(failure).isNull();
    }
    System.out.printf("Late model: %,d steps, seeds from %d%n", (long) episodes * STEPS, SEED);
  }

  @Test
  void aPlantedDefectIsFoundAndShrunkToFewSteps() {
    UnaryOperator<SessionStore> planted =
        store ->
            new HeldStore(store) {
              @Override
              public CompletionStage<Boolean> evict(
                  SessionKey key, @Nullable Token opening, RemovalCause cause) {
                return cause == RemovalCause.LOST
                    ? CompletableFuture.completedFuture(true)
                    : super.evict(key, opening, cause);
              }
            };
    String failure = failureOf(SEED, LITTLE_PATIENCE, planted);
    assertThat(failure).startsWith("seed " + SEED).contains("LOSE").hasSizeLessThan(400);
  }

  private static @Nullable String failureOf(
      long seed, Duration patience, UnaryOperator<SessionStore> planted) {
    List<LateStep> steps =
        LateStep.random(new SplittableRandom(seed), STEPS, LateModelledEngine.KEYS.size());
    Throwable first = run(steps, patience, planted);
    if (first == null) {
      return null;
    }
    List<LateStep> few =
        SessionModelTests.shrink(steps, less -> run(less, LITTLE_PATIENCE, planted) != null);
    Throwable failure = Objects.requireNonNullElse(run(few, patience, planted), first);
    return "seed %d, %d steps %s: %s".formatted(seed, few.size(), few, failure);
  }

  private static @Nullable Throwable run(
      List<LateStep> steps, Duration patience, UnaryOperator<SessionStore> planted) {
    try {
      new LateModelledEngine(planted, patience).run(steps);
      return null;
    } catch (AssertionError | RuntimeException failure) {
      return failure;
    }
  }
}
