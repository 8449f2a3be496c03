package dev.switchboard;

/** How long the tests against faults run: short by default, long with {@code -Pfaults}. */
public final class Faults {

  private static final int SCALE = Integer.getInteger("faults.scale", 1);

  private Faults() {}

  /** That many, times {@code faults.scale}. */
  public static int scaled(int few) {
    return Math.multiplyExact(few, SCALE);
  }
}
