package dev.switchboard.session;

import dev.switchboard.Trace;
import java.util.concurrent.atomic.AtomicReferenceFieldUpdater;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What an invocation has of a session: its own, or that of the owner it has joined. The engine's
 * side of a {@link SessionContext}, and one object with it, as every call makes one.
 */
abstract sealed class HeldSession permits SessionContext {

  private static final AtomicReferenceFieldUpdater<HeldSession, Session> SESSION =
      AtomicReferenceFieldUpdater.newUpdater(HeldSession.class, Session.class, "session");
  private static final AtomicReferenceFieldUpdater<HeldSession, SessionExtras> EXTRAS =
      AtomicReferenceFieldUpdater.newUpdater(HeldSession.class, SessionExtras.class, "extras");

  private final HeldSession owner;

  /** Written without waiting for all to see it: who is handed this one does. */
  private volatile @Nullable Session session;

  /** {@link SessionExtras#ENDED} where the invocation has ended and never needed any. */
  private volatile @Nullable SessionExtras extras;

  /** The session that the work last heard of, so that a failure is about that one. */
  private @Nullable Session told;

  HeldSession(@Nullable HeldSession joined, @Nullable Trace trace) {
    this.owner = joined == null ? this : joined.owner;
    if (trace != null) {
      extras = new SessionExtras(trace);
    }
  }

  @Nullable Trace trace() {
    SessionExtras seen = extrasOrNull();
    return seen == null ? null : seen.trace();
  }

  SessionContext owner() {
    return (SessionContext) owner;
  }

  @Nullable Session sessionOrNull() {
    return owner.session;
  }

  /**
   * Lets a nested call share what this one's owner has, which is given back after the last of them.
   * False where it has been.
   */
  boolean join() {
    return owner.extras().join(owner);
  }

  /** A nested call is over that has joined; true where what its owner has is to be given back. */
  boolean leave() {
    return owner.extras().leave();
  }

  /** The owner is over; true where what it has is to be given back. */
  boolean isLast() {
    SessionExtras seen = extrasOrNull();
    return seen == null || seen.isLast();
  }

  /** The call is exclusive, and it is its turn. */
  void has(ExclusiveTurns.Turn turn) {
    extras().has(turn);
  }

  /** The owner's turn, for a nested exclusive call that may outlive it to leave, too, or null. */
  ExclusiveTurns.@Nullable Turn shareTurn() {
    SessionExtras seen = owner.extrasOrNull();
    return seen == null ? null : seen.shareTurn();
  }

  boolean isEnded() {
    SessionExtras seen = extras;
    return seen != null && seen.isEnded();
  }

  boolean isOver() {
    return isEnded() && owner.isEnded();
  }

  /** The work begins, perhaps again. */
  void begin() {
    told = owner.session;
  }

  /** The work has ended normally: what it talked within is fresh no longer. */
  void markUsed() {
    Session heardOf = told;
    // What has replaced a lost one since, for a nested call, has heard nothing of this work.
    Session talkedWithin = heardOf != null && heardOf.isLost() ? heardOf : owner.session;
    if (talkedWithin != null) {
      talkedWithin.markUsed();
    }
  }

  void told(@Nullable Session heardOf) {
    told = heardOf;
  }

  @Nullable Session told() {
    return told;
  }

  /** Takes what a successor has acquired; what is to be learned first, so that it has either. */
  void takeOver(HeldSession successor) {
    Flight flight = successor.takeLearning();
    if (flight != null) {
      learn(flight);
    }
    use(successor.session);
  }

  void use(@Nullable Session acquired) {
    SESSION.lazySet(this, acquired);
  }

  private SessionExtras extras() {
    while (true) {
      SessionExtras seen = extras;
      if (seen != null && seen != SessionExtras.ENDED) {
        return seen;
      }
      SessionExtras made = new SessionExtras(null);
      if (seen != null) {
        made.end();
      }
      if (EXTRAS.compareAndSet(this, seen, made)) {
        return made;
      }
    }
  }

  private @Nullable SessionExtras extrasOrNull() {
    SessionExtras seen = extras;
    return seen == SessionExtras.ENDED ? null : seen;
  }

  void learn(Flight flight) {
    extras().learn(flight);
  }

  /** Returns the flight that the first {@code bind}, or the invocation's end, is to end. */
  @Nullable Flight takeLearning() {
    SessionExtras seen = extrasOrNull();
    return seen == null ? null : seen.takeLearning();
  }

  /** Held while the session of the invocation is exchanged for another; never while one opens. */
  ReentrantLock bindLock() {
    return extras().exchange();
  }

  /** Held by who opens another in place of a lost one. */
  Lock reopening() {
    return extras().reopening();
  }

  /** No {@code bind} comes any more; one that another thread has begun is waited for. */
  void end() {
    // Without extras none has begun: it makes them first.
    if (owner == this && EXTRAS.compareAndSet(this, null, SessionExtras.ENDED)) {
      return;
    }
    ReentrantLock exchange = owner.extras().exchange();
    exchange.lock();
    try {
      if (!EXTRAS.compareAndSet(this, null, SessionExtras.ENDED)) {
        extras().end();
      }
    } finally {
      exchange.unlock();
    }
  }

  /** Whether the invocation has neither a session nor one to learn: its reopening has failed. */
  boolean isBereft() {
    if (session != null) {
      return false;
    }
    SessionExtras seen = extrasOrNull(); // after the session, as takeOver writes it before
    return seen == null || !seen.isLearning();
  }

  /** Remembers a failure that an invocation nested in this one has already judged. */
  void judged(Throwable failure) {
    extras().judged(failure);
  }

  boolean hasJudged(Throwable failure) {
    SessionExtras seen = extrasOrNull();
    return seen != null && seen.hasJudged(failure);
  }
}
