package dev.switchboard;

/** How long the tests against faults run: short by default, long with {@code -Pfaults}. */
public final class Faults {

  private static final double SCALE = Double.parseDouble(System.getProperty("faults.scale", "1"));

  private Faults() {}

  /** That many, times {@code faults.scale}, which may be a fraction; at least one. */
  public static int scaled(int few) {
    return Math.max(1, Math.toIntExact(Math.round(few * SCALE)));
  }
}
