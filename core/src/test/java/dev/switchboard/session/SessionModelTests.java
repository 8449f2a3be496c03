package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A random mix of all that can happen to sessions, against a small sequential model and a virtual
 * clock. What fails is shrunk to few steps, and printed with the seed of its episode.
 */
@Timeout(1800)
class SessionModelTests {

  private static final long SEED = 20_261_122;
  private static final int STEPS = 1_000;

  @Test
  void theEngineDoesWhatTheModelSays() {
    int episodes = Faults.scaled(100);
    for (int episode = 0; episode < episodes; episode++) {
      String failure = failureOf(SEED + episode, store -> store);
      assertThat(failure).isNull();
    }
    System.out.printf("Model: %,d steps, seeds from %d%n", (long) episodes * STEPS, SEED);
  }

  @Test
  void aPlantedDefectIsFoundAndShrunkToFewSteps() {
    UnaryOperator<SessionStore> planted =
        store ->
            new HeldStore(store) {
              @Override
              public void touch(Session session) {
                if (session.key().parts().isEmpty()) {
                  super.touch(session);
                }
              }
            };
    String failure = failureOf(SEED, planted);
    assertThat(failure).startsWith("seed " + SEED).contains("steps [ASK").hasSizeLessThan(400);
  }

  private static @Nullable String failureOf(long seed, UnaryOperator<SessionStore> planted) {
    List<ModelStep> steps =
        ModelStep.random(new SplittableRandom(seed), STEPS, ModelledEngine.KEYS.size());
    if (run(steps, planted) == null) {
      return null;
    }
    List<ModelStep> few = shrinkWithin(steps, less -> run(less, planted) != null);
    Throwable failure = Objects.requireNonNull(run(few, planted));
    return "seed %d, %d steps %s: %s".formatted(seed, few.size(), few, failure);
  }

  private static @Nullable Throwable run(
      List<ModelStep> steps, UnaryOperator<SessionStore> planted) {
    try {
      new ModelledEngine(planted).run(steps);
      return null;
    } catch (AssertionError | RuntimeException failure) {
      return failure;
    }
  }

  /** Leaves out what is not needed to fail, long pieces first. */
  static <S> List<S> shrink(List<S> failing, Predicate<List<S>> fails) {
    List<S> steps = new ArrayList<>(failing);
    for (int piece = (steps.size() + 1) / 2; piece > 0; piece /= 2) {
      for (int from = 0; from < steps.size(); ) {
        List<S> without = new ArrayList<>(steps);
        without.subList(from, Math.min(from + piece, without.size())).clear();
        if (fails.test(without)) {
          steps = without;
        } else {
          from += piece;
        }
      }
    }
    return steps;
  }

  /** The same, and in the end what is within steps. */
  private static List<ModelStep> shrinkWithin(
      List<ModelStep> failing, Predicate<List<ModelStep>> fails) {
    List<ModelStep> steps = shrink(failing, fails);
    for (int i = 0; i < steps.size(); i++) {
      int at = i;
      List<ModelStep> others = steps;
      List<ModelStep> within =
          steps.get(i).within().isEmpty()
              ? List.of()
              : shrinkWithin(steps.get(i).within(), less -> fails.test(replaced(others, at, less)));
      steps = replaced(steps, i, within);
    }
    return steps;
  }

  private static List<ModelStep> replaced(List<ModelStep> steps, int at, List<ModelStep> within) {
    List<ModelStep> replaced = new ArrayList<>(steps);
    replaced.set(at, steps.get(at).withWithin(within));
    return replaced;
  }
}
