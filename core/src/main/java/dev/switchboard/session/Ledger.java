package dev.switchboard.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Counts what becomes of every session opened. One lock, never held while anything else is called,
 * so that a look at it always balances; a hit does not come here.
 */
final class Ledger {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition drained = lock.newCondition();
  private final Map<SpecialistName, Counts> specialists = new LinkedHashMap<>();
  private long draining;

  /** Opens the account of a specialist. */
  void open(SpecialistName name) {
    lock.lock();
    try {
      specialists.putIfAbsent(name, new Counts());
    } finally {
      lock.unlock();
    }
  }

  /** An opening brought the session; until it enters the store it counts as draining. */
  void opened(Session session) {
    lock.lock();
    try {
      counts(session).opened++;
      move(session, 1);
    } finally {
      lock.unlock();
    }
  }

  void entered(Session session) {
    lock.lock();
    try {
      counts(session).live++;
      move(session, -1);
    } finally {
      lock.unlock();
    }
  }

  /** A stored session has left; returns whether it is to be closed now. */
  boolean left(Session session, boolean lost) {
    lock.lock();
    try {
      if (lost) {
        session.lose(); // first, as its last use may end now and would let it be closed
      }
      boolean unused = session.leave();
      counts(session).live--;
      if (session.isLost()) {
        counts(session).lost++;
        return false;
      }
      move(session, 1);
      return unused;
    } finally {
      lock.unlock();
    }
  }

  /** A session in use leaves that never entered. */
  void discarded(Session session) {
    lock.lock();
    try {
      session.leave();
    } finally {
      lock.unlock();
    }
  }

  /**
   * A session that is no longer stored turns out to be lost; counted once, and not closed. Returns
   * whether it had left and was to be closed.
   */
  boolean lost(Session session) {
    lock.lock();
    try {
      // Where it is only about to leave, that is when it is counted.
      boolean draining = !session.isLost() && session.hasLeft();
      session.lose();
      if (draining) {
        counts(session).lost++;
        move(session, -1);
      }
      return draining;
    } finally {
      lock.unlock();
    }
  }

  void closed(Session session, boolean done) {
    lock.lock();
    try {
      if (done) {
        counts(session).closed++;
      } else {
        counts(session).unclosed++;
      }
      move(session, -1);
    } finally {
      lock.unlock();
    }
  }

  SessionCounts counts(SpecialistName name) {
    lock.lock();
    try {
      return Objects.requireNonNull(specialists.get(name)).copy();
    } finally {
      lock.unlock();
    }
  }

  SessionSnapshot snapshot() {
    lock.lock();
    try {
      Map<String, SessionCounts> copy = new LinkedHashMap<>();
      specialists.forEach((name, counts) -> copy.put(name.toString(), counts.copy()));
      return new SessionSnapshot(copy);
    } finally {
      lock.unlock();
    }
  }

  /** Waits until nothing drains, at most {@code nanos}. */
  void awaitDrained(long nanos) throws InterruptedException {
    lock.lock();
    try {
      long left = nanos;
      while (draining > 0 && left > 0) {
        left = drained.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  private Counts counts(Session session) {
    return Objects.requireNonNull(specialists.get(session.key().name()));
  }

  private void move(Session session, int change) {
    counts(session).draining += change;
    draining += change;
    if (draining == 0) {
      drained.signalAll();
    }
  }

  private static final class Counts {
    long opened;
    long live;
    long draining;
    long closed;
    long lost;
    long unclosed;

    SessionCounts copy() {
      return new SessionCounts(opened, live, draining, closed, lost, unclosed);
    }
  }
}
