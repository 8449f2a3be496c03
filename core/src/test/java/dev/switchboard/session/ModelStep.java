package dev.switchboard.session;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * One step of a random run.
 *
 * @param kind what is done
 * @param key which key, or how long
 * @param within what is done meanwhile, by a call's body or by the opening it needs
 */
record ModelStep(Kind kind, int key, List<ModelStep> within) {

  /** What a step does; the first ones are calls. */
  enum Kind {
    ASK,
    ASK_EXCLUSIVE,
    /** What is within runs while the connector opens. */
    ASK_SLOWLY,
    /** The body fails for a reason of its own. */
    FAIL,
    /** The specialist forgets the session while the body runs. */
    LOSE,
    LOSE_TWICE,
    /** A body that leaves the id to learn unsaid. */
    SAY_NOTHING,
    /** The reply names another conversation. */
    REBIND,
    EVICT,
    EVICT_TENANT,
    EVICT_SPECIALIST,
    /** The connector refuses to open, once. */
    REFUSE,
    /** Time passes, and what is due runs. */
    ADVANCE,
    /** Time passes, and nothing runs meanwhile. */
    JUMP,
    /** The closes that are due run. */
    CLOSE,
    /** The next closes fail. */
    FAIL_CLOSES,
    RESTART
  }

  private static final Kind[] KINDS = Kind.values();
  private static final Set<Kind> CALLS = EnumSet.range(Kind.ASK, Kind.REBIND);

  static List<ModelStep> random(SplittableRandom random, int steps, int keys) {
    List<ModelStep> made = new ArrayList<>(steps);
    for (int i = 0; i < steps; i++) {
      made.add(one(random, keys, 0));
    }
    return made;
  }

  private static ModelStep one(SplittableRandom random, int keys, int depth) {
    Kind kind = KINDS[random.nextInt(KINDS.length)];
    if (random.nextInt(3) == 0) {
      kind = Kind.ASK;
    } else if (random.nextInt(3) == 0) {
      kind = Kind.ADVANCE;
    } else if ((kind == Kind.RESTART || kind == Kind.EVICT_SPECIALIST) && random.nextInt(8) > 0) {
      kind = Kind.CLOSE;
    }
    List<ModelStep> within = new ArrayList<>();
    if (CALLS.contains(kind) && depth < 3) {
      for (int more = random.nextInt(4); more > 1; more--) {
        within.add(one(random, keys, depth + 1));
      }
    }
    return new ModelStep(kind, random.nextInt(keys), List.copyOf(within));
  }

  ModelStep withWithin(List<ModelStep> other) {
    return new ModelStep(kind, key, other);
  }

  @Override
  public String toString() {
    return kind + "(" + key + ")" + (within.isEmpty() ? "" : within);
  }
}
