package dev.switchboard.example.concierge.specialist;

import java.time.Duration;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * How switches are to be set; those that are null stay as they are.
 *
 * @param clear true: be well again, before the others are set
 * @param forget true: forget all sessions, once
 * @param fail how many of the next runs fail with {@code status}
 * @param status 500 or 503, the default
 * @param failModel how many of the next runs answer 200 with an {@code errorCode}
 * @param slowMillis how much longer every opening and every run takes
 * @param down whether to hang up on every request
 */
public record Switches(
    @Nullable Boolean clear,
    @Nullable Boolean forget,
    @Nullable Integer fail,
    @Nullable Integer status,
    @Nullable Integer failModel,
    @Nullable Integer slowMillis,
    @Nullable Boolean down) {

  private static final int MAX_RUNS = 1000;
  private static final int MAX_MILLIS = 60_000;

  public static Switches failing(int runs, int slowMillis) {
    return new Switches(true, null, runs, 503, null, slowMillis, null);
  }

  public static Switches slow(int millis) {
    return failing(0, millis);
  }

  public static Switches forgetful() {
    return new Switches(true, true, null, null, null, null, null);
  }

  public static Switches well() {
    return failing(0, 0);
  }

  /**
   * Sets them.
   *
   * @throws IllegalArgumentException if one is out of bounds; then none is set
   */
  public void applyTo(Agent agent) {
    int failures = within("fail", fail, MAX_RUNS);
    int modelFailures = within("failModel", failModel, MAX_RUNS);
    int delay = within("slowMillis", slowMillis, MAX_MILLIS);
    if (status != null && status != 500 && status != 503) {
      throw new IllegalArgumentException("status must be 500 or 503");
    }
    Faults faults = agent.faults();
    if (Boolean.TRUE.equals(clear)) {
      faults.clear();
    }
    if (Boolean.TRUE.equals(forget)) {
      agent.forget();
    }
    if (fail != null) {
      faults.failNext(failures, status == null ? 503 : status);
    }
    if (failModel != null) {
      faults.failModelNext(modelFailures);
    }
    if (slowMillis != null) {
      faults.slow(Duration.ofMillis(delay));
    }
    if (down != null) {
      faults.down(down);
    }
  }

  /** Only those that are set. */
  @Override
  public String toString() {
    StringJoiner set = new StringJoiner(", ");
    add(set, "clear", clear);
    add(set, "forget", forget);
    add(set, "fail", fail);
    add(set, "status", status);
    add(set, "failModel", failModel);
    add(set, "slowMillis", slowMillis);
    add(set, "down", down);
    return set.toString();
  }

  private static void add(StringJoiner set, String name, @Nullable Object value) {
    if (value != null) {
      set.add(name + "=" + value);
    }
  }

  private static int within(String name, @Nullable Integer value, int max) {
    if (value != null && (value < 0 || value > max)) {
      throw new IllegalArgumentException("%s must be from 0 to %d".formatted(name, max));
    }
    return value == null ? 0 : value;
  }
}
