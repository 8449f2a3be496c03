package dev.switchboard.session;

import java.util.List;
import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * A conversation at a specialist, as engine and store share it: what it is, how many invocations
 * use it, and whether it has left. Stores make one for what they find elsewhere; the engine makes
 * one for every opening. {@link #toString} prints a salted hash of the id.
 *
 * <p>Safe for use by several threads; equal only to itself.
 *
 * @since 0.1
 */
public final class Session {

  private static final int LEFT = 1 << 31;
  private static final int LOST = 1 << 30;
  private static final int LEARNED = 1 << 29;
  private static final int USED = 1 << 28;

  /** Three bits: which of the causes it has left for, from 1. */
  private static final int CAUSE_SHIFT = 25;

  private static final int CAUSE = 7 << CAUSE_SHIFT;
  private static final int USES = (1 << CAUSE_SHIFT) - 1;

  /** Who meets others so often as a use begins lets the uses be counted in several words. */
  private static final int MEETINGS = 2;

  /** More uses than there are at a time, so that while it is added no count of them is none. */
  private static final int MANY = 1 << (CAUSE_SHIFT - 1);

  private static final List<RemovalCause> CAUSES = List.of(RemovalCause.values());
  private static final AtomicIntegerFieldUpdater<Session> STATE =
      AtomicIntegerFieldUpdater.newUpdater(Session.class, "state");
  private static final AtomicReferenceFieldUpdater<Session, StripedUses> STRIPED =
      AtomicReferenceFieldUpdater.newUpdater(Session.class, StripedUses.class, "striped");

  private final SessionKey key;
  private final String id;
  private final long tokenHigh;
  private final long tokenLow;
  private final long openedNanos;

  /** All that changes, in one word: there may be a million of these. */
  private volatile int state;

  /** Counts uses besides the word, once threads have met there and until it has left or is lost. */
  private volatile @Nullable StripedUses striped;

  /** When a use of it last ended, on the engine's ticker; lossy. */
  private long lastUsedNanos;

  /** When it was last looked for; lossy. */
  private long foundNanos;

  /** What it is ordered by and where it stands in the {@link SessionOrder} it is in. */
  long orderedNanos;

  int orderIndex = -1;
  @Nullable Session older;
  @Nullable Session younger;

  /**
   * Creates a session that no invocation uses yet and none has completed on.
   *
   * @param key whose conversation
   * @param id its id
   * @param token the opening it comes from
   * @param openedNanos when its opening returned, on the engine's ticker
   * @param learned whether a reply named the id, so that a later one may name another
   */
  public Session(SessionKey key, String id, Token token, long openedNanos, boolean learned) {
    this.key = key;
    this.id = id;
    this.tokenHigh = token.high();
    this.tokenLow = token.low();
    this.openedNanos = openedNanos;
    this.lastUsedNanos = openedNanos;
    this.foundNanos = openedNanos;
    this.state = learned ? LEARNED : 0;
  }

  /**
   * Returns whose conversation it is.
   *
   * @return the key
   */
  public SessionKey key() {
    return key;
  }

  /**
   * Returns the id, a secret.
   *
   * @return the id that the specialist knows
   */
  public String id() {
    return id;
  }

  /**
   * Returns the opening it comes from.
   *
   * @return the token
   */
  public Token token() {
    return new Token(tokenHigh, tokenLow);
  }

  boolean isFrom(Token token) {
    return tokenHigh == token.high() && tokenLow == token.low();
  }

  /**
   * Tells when its opening returned.
   *
   * @return nanoseconds on the engine's ticker
   */
  public long openedNanos() {
    return openedNanos;
  }

  /**
   * Tells whether a reply named the id.
   *
   * @return false where the connector opened it
   */
  public boolean isLearned() {
    return (state & LEARNED) != 0;
  }

  /**
   * Tells whether an invocation on it has completed normally, in any process.
   *
   * @return false while it is fresh
   */
  public boolean isUsed() {
    return (state & USED) != 0;
  }

  /** Notes that an invocation on it has completed normally: it is no longer fresh. */
  public void markUsed() {
    if (!isUsed()) {
      STATE.getAndUpdate(this, seen -> seen | USED);
    }
  }

  /**
   * Tells whether an invocation of this process uses it now.
   *
   * @return whether it is in use
   */
  public boolean isInUse() {
    StripedUses counting = striped;
    return (state & USES) + (counting == null ? 0 : counting.sum()) != 0;
  }

  long lastUsedNanos() {
    return lastUsedNanos;
  }

  void setLastUsedNanos(long nanos) {
    lastUsedNanos = nanos;
  }

  long foundNanos() {
    return foundNanos;
  }

  void setFoundNanos(long nanos) {
    foundNanos = nanos;
  }

  /** Begins a use, unless it is lost, or has left and its last use has ended. */
  boolean acquire() {
    StripedUses counting = striped;
    if (counting != null && counting.begin()) {
      return true;
    }
    for (int tries = 1; ; tries++) {
      int seen = state;
      boolean gone = (seen & LOST) != 0 || ((seen & LEFT) != 0 && (seen & USES) == 0);
      if (gone) {
        return false;
      }
      if (STATE.compareAndSet(this, seen, seen + 1)) {
        return true;
      }
      if (tries == MEETINGS && counting == null) {
        stripe();
      }
    }
  }

  /** Lets threads that begin and end uses all the time count them apart from each other. */
  void stripe() {
    STRIPED.compareAndSet(this, null, new StripedUses());
  }

  /** Ends a use and returns whether it was the last of a session that has left and is not lost. */
  boolean releaseLast() {
    StripedUses counting = striped;
    if (counting != null && counting.end()) {
      return false;
    }
    int now = STATE.decrementAndGet(this);
    return (now & (USES | LEFT | LOST)) == LEFT;
  }

  /** Lets the word count all uses from now on. */
  private void countInOneWord() {
    STATE.addAndGet(this, MANY); // meanwhile it counts ends whose beginnings it has not counted
    StripedUses counting = STRIPED.getAndSet(this, StripedUses.FROZEN);
    int uses = counting == null ? 0 : counting.freeze();
    STATE.addAndGet(this, uses - MANY);
  }

  /** Marks it as left and returns whether nobody uses it. Once; the ledger's lock is held. */
  boolean leave() {
    countInOneWord();
    int before = STATE.getAndUpdate(this, seen -> seen | LEFT);
    return (before & USES) == 0;
  }

  /** Marks it as lost, whether it has left yet or is about to. The ledger's lock is held. */
  void lose() {
    countInOneWord();
    STATE.getAndUpdate(this, seen -> seen | LOST);
  }

  void setCause(RemovalCause why) {
    STATE.getAndUpdate(this, seen -> (seen & ~CAUSE) | ((CAUSES.indexOf(why) + 1) << CAUSE_SHIFT));
  }

  /** Why it has left, or is about to; null before. */
  @Nullable RemovalCause cause() {
    int kept = (state & CAUSE) >> CAUSE_SHIFT;
    return kept == 0 ? null : CAUSES.get(kept - 1);
  }

  boolean hasLeft() {
    return (state & LEFT) != 0;
  }

  boolean isLost() {
    return (state & LOST) != 0;
  }

  @Override
  public String toString() {
    return key + "/" + Fingerprint.of(id);
  }
}
