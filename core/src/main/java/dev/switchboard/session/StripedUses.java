package dev.switchboard.session;

import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * Counts the uses of a session that several threads begin and end all the time, each thread in a
 * cache line of its own where there are enough. A use may end on another thread than it began on:
 * only the sum says something. Once frozen it counts no more, and says so to who wants it to. It
 * takes 1.2 KB, so only sessions that need it have one.
 *
 * <p>To stripe is what {@link java.util.concurrent.atomic.LongAdder} does; to freeze the stripes
 * before the last use is waited for, Linux does in its {@code percpu_ref}.
 */
final class StripedUses {

  private static final int STRIPES = 8;

  /** Two lines of 64 bytes, as processors fetch them in pairs. */
  private static final int STRIDE = 32;

  private static final int OVER = Integer.MIN_VALUE;

  /** Counts nothing, for any number of sessions. */
  static final StripedUses FROZEN = new StripedUses();

  static {
    FROZEN.freeze();
  }

  /** The first stride is left to the array's length, which every access reads. */
  private final AtomicIntegerArray counts = new AtomicIntegerArray((STRIPES + 1) * STRIDE);

  /** Returns false where the use has to be counted elsewhere. */
  boolean begin() {
    return add(1);
  }

  /** Returns false where the use's end has to be counted elsewhere. */
  boolean end() {
    return add(-1);
  }

  private boolean add(int change) {
    int stripe = index((int) Thread.currentThread().getId() & (STRIPES - 1));
    int seen = counts.get(stripe);
    while (seen != OVER) {
      int found = counts.compareAndExchange(stripe, seen, seen + change);
      if (found == seen) {
        return true;
      }
      seen = found;
    }
    return false;
  }

  /** Returns how many uses there are. Where a use begins or ends meanwhile it may count or not. */
  int sum() {
    int sum = 0;
    for (int i = 0; i < STRIPES; i++) {
      int count = counts.get(index(i));
      sum += count == OVER ? 0 : count;
    }
    return sum;
  }

  /** Counts no more, and returns what is to be added to the count that is kept elsewhere. */
  int freeze() {
    int sum = 0;
    for (int i = 0; i < STRIPES; i++) {
      int count = counts.getAndSet(index(i), OVER);
      sum += count == OVER ? 0 : count;
    }
    return sum;
  }

  private static int index(int stripe) {
    return (stripe + 1) * STRIDE;
  }
}
