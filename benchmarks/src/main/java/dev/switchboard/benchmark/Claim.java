package dev.switchboard.benchmark;

import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One line of the table.
 *
 * @param what what is compared
 * @param ours the figure that is ours, in words
 * @param peer what it is compared with
 * @param ratio computes it from one round
 * @param reach what it should be, or null where there is only something to see
 */
record Claim(
    String what, String ours, String peer, ToDoubleFunction<Figures> ratio, @Nullable Reach reach) {

  /** How far the ratio may go; {@code ahead} where more is better. */
  record Reach(double limit, boolean ahead) {

    boolean isMetBy(double ratio) {
      return ahead ? ratio >= limit : ratio <= limit;
    }

    @Override
    public String toString() {
      return (ahead ? ">= " : "<= ") + Table.number(limit);
    }
  }

  /** Ours takes at most so many times what the peer takes. */
  static Claim atMost(double limit, String what, String ours, String peer) {
    return atMost(limit, what, ours, peer, figures -> figures.get(ours) / figures.get(peer));
  }

  static Claim atMost(
      double limit, String what, String ours, String peer, ToDoubleFunction<Figures> ratio) {
    return new Claim(what, ours, peer, ratio, new Reach(limit, false));
  }

  static Claim atLeast(
      double limit, String what, String ours, String peer, ToDoubleFunction<Figures> ratio) {
    return new Claim(what, ours, peer, ratio, new Reach(limit, true));
  }

  /** The peer takes at least so many times what ours takes. */
  static Claim ahead(double limit, String what, String ours, String peer) {
    return atLeast(limit, what, ours, peer, figures -> figures.get(peer) / figures.get(ours));
  }

  /** The same, with no reach. */
  static Claim seen(String what, String ours, String peer) {
    return new Claim(what, ours, peer, figures -> figures.get(peer) / figures.get(ours), null);
  }

  /**
   * A call allocates at most so many bytes; what others allocate meanwhile is a fraction of one.
   */
  static Claim bytes(double limit, String what, String ours) {
    return atMost(limit, what, ours, "bytes a call", figures -> Math.rint(figures.bytes(ours)));
  }

  /** The figure is a ratio already, or a count. */
  static Claim figure(double limit, String what, String ours, String peer) {
    return atMost(limit, what, ours, peer, figures -> figures.get(ours));
  }
}
