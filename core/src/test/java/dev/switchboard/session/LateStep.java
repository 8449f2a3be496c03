package dev.switchboard.session;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One step of a random run of calls that answer later.
 *
 * @param kind what is done
 * @param key which key, or how long
 * @param call which of the calls there are, counted from the latest
 */
record LateStep(Kind kind, int key, int call) {

  /** What a step does. */
  enum Kind {
    ASK,
    ASK_EXCLUSIVE,
    /** Within what another call's body works for, which may be over. */
    ASK_WITHIN,
    /** A call that answers at once, on this thread. */
    ASK_NOW,
    ANSWER,
    FAIL,
    /** The specialist has forgotten the session. */
    LOSE,
    CANCEL,
    /** The reply names the session. */
    BIND,
    /** The next opening hangs. */
    HOLD,
    /** An opening that hangs goes on. */
    LAND,
    /** The connector refuses to open, once. */
    REFUSE,
    EVICT,
    EVICT_TENANT,
    ADVANCE,
    CLOSE,
    FAIL_CLOSES
  }

  private static final Kind[] KINDS = Kind.values();
  private static final List<Kind> FREQUENT =
      List.of(Kind.ASK, Kind.ANSWER, Kind.BIND, Kind.ASK_WITHIN);

  static List<LateStep> random(SplittableRandom random, int steps, int keys) {
    List<LateStep> made = new ArrayList<>(steps);
    for (int i = 0; i < steps; i++) {
      boolean frequent = random.nextInt(3) == 0;
      Kind kind =
          frequent
              ? FREQUENT.get(random.nextInt(FREQUENT.size()))
              : KINDS[random.nextInt(KINDS.length)];
      made.add(new LateStep(kind, random.nextInt(keys), random.nextInt(6)));
    }
    return made;
  }

  @Override
  public String toString() {
    return kind + "(" + key + ", " + call + ")";
  }
}
