package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.Session;
import java.util.concurrent.TimeUnit;

/**
 * What a process knows of a shared session: when Redis had it, and what Redis has heard of its
 * uses. The predicates take the time, so that a look reads the clock once.
 */
final class SeenSession {

  /** How long it is fresh after Redis has confirmed it. */
  static final long FRESH_NANOS = TimeUnit.SECONDS.toNanos(30);

  private static final long RESOLUTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final Session session;
  private final String field;
  private final Ticker ticker;
  private final long ttlNanos;
  private final long idleNanos;
  private volatile int flushes;
  private volatile long confirmedNanos;
  private volatile long usedNanos;
  private volatile long toldNanos;
  private volatile boolean usedTold;
  private volatile long toldBeforeNanos;
  private long notedNanos;

  /**
   * Notes a session that Redis has just told, and been told, of.
   *
   * @param flushes how often all that was seen had been flushed by then
   * @param usedTold whether Redis knows that the session has been used
   */
  SeenSession(
      Session session,
      String field,
      Ticker ticker,
      long ttlNanos,
      long idleNanos,
      int flushes,
      boolean usedTold) {
    this.session = session;
    this.field = field;
    this.ticker = ticker;
    this.ttlNanos = ttlNanos;
    this.idleNanos = idleNanos;
    this.flushes = flushes;
    this.confirmedNanos = ticker.read();
    this.usedNanos = confirmedNanos;
    this.toldNanos = confirmedNanos;
    this.toldBeforeNanos = confirmedNanos;
    this.notedNanos = confirmedNanos;
    this.usedTold = usedTold;
  }

  Session session() {
    return session;
  }

  String field() {
    return field;
  }

  /** Whether its time has not ended. */
  boolean isServed(long now) {
    // Once more after a look whether it is in use: a use's time is written before it ends.
    return now - session.openedNanos() < ttlNanos
        && (now - usedNanos < idleNanos || session.isInUse() || now - usedNanos < idleNanos);
  }

  /** Whether it can be used without asking Redis, after so many flushes. */
  boolean isFresh(long now, int flushesSoFar) {
    return flushes == flushesSoFar && isConfirmedWithin(FRESH_NANOS, now);
  }

  boolean isConfirmedWithin(long nanos, long now) {
    return now - confirmedNanos < nanos;
  }

  /** Whether Redis has heard of a use so lately that it does not take this for idle soon. */
  boolean isToldOf(long now) {
    return now - toldNanos < idleNanos / 2;
  }

  /**
   * Notes that Redis still has this session, and that a use begins; false where its time has ended
   * meanwhile.
   *
   * @param flushesBefore how often all had been flushed when Redis was asked
   * @param told whether Redis knows that the session has been used
   */
  boolean confirm(int flushesBefore, boolean told) {
    long now = ticker.read();
    if (!isServed(now)) {
      return false;
    }
    usedNanos = now;
    confirmedNanos = now;
    flushes = flushesBefore;
    usedTold = told;
    return true;
  }

  /** Notes that a use ends, and returns whether that makes a difference to the order of use. */
  boolean used() {
    long now = ticker.read();
    usedNanos = now;
    boolean later = now - notedNanos >= RESOLUTION_NANOS;
    if (later) {
      notedNanos = now;
    }
    return later;
  }

  /** Whether Redis does not know yet that it has been used at all. */
  boolean isFirstUseUntold() {
    return session.isUsed() && !usedTold;
  }

  /** Whether Redis has to hear of a use: after this time, or where it was asked since it heard. */
  boolean isUntold(long nanos, long now) {
    long told = toldNanos;
    boolean news = session.isInUse() || usedNanos - told > 0;
    return news && (confirmedNanos - told > 0 || now - told >= nanos);
  }

  /** Redis hears of the last use now; returns how long ago that was. */
  long tell() {
    long now = ticker.read();
    toldBeforeNanos = toldNanos;
    toldNanos = now;
    usedTold = session.isUsed();
    return session.isInUse() ? 0 : now - usedNanos;
  }

  /** Redis may not have heard what it was told last. */
  void untell() {
    toldNanos = toldBeforeNanos;
    usedTold = false;
  }
}
