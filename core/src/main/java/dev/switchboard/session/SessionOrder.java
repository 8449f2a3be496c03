package dev.switchboard.session;

import java.util.Arrays;
import java.util.Comparator;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The order in which a shelf's sessions were used, and in which they end. A use tells nothing here,
 * it only notes its time on the session: who asks for the least recently used one looks at the head
 * of a binary heap, and puts it where it belongs if it was used since.
 *
 * <p>Adding and removing cost the logarithm of the size; an answer costs in addition what was used
 * since the last one. Where a session stands is kept in the session and guarded by this order's
 * lock, under which nothing else is called. Safe for use by several threads.
 */
final class SessionOrder {

  private static final Comparator<Session> BY_USE =
      (a, b) -> Long.signum(a.lastUsedNanos() - b.lastUsedNanos());

  private final long ttlNanos;
  private final long idleNanos;
  private final ReentrantLock lock = new ReentrantLock();

  /**
   * By {@code orderedNanos}: no session was used last before the time it is ordered by, but for the
   * second that the end of a use may be noted early.
   */
  private @Nullable Session[] heap = new Session[16];

  private int size;
  private @Nullable Session oldest;
  private @Nullable Session youngest;

  SessionOrder(long ttlNanos, long idleNanos) {
    this.ttlNanos = ttlNanos;
    this.idleNanos = idleNanos;
  }

  void add(Session session) {
    lock.lock();
    try {
      if (size == heap.length) {
        heap = Arrays.copyOf(heap, size + (size >> 1));
      }
      session.orderedNanos = session.lastUsedNanos();
      up(session, size++);
      link(session);
    } finally {
      lock.unlock();
    }
  }

  /** Takes the session out, if it is in. */
  void remove(Session session) {
    lock.lock();
    try {
      int index = session.orderIndex;
      if (index >= 0) {
        session.orderIndex = -1;
        Session last = at(--size);
        heap[size] = null;
        if (last != session) {
          up(last, index);
          down(last, last.orderIndex);
        }
        unlink(session);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Returns the least recently used idle session, or else of those in use; null of none. */
  @Nullable Session leastRecentlyUsed(long now) {
    lock.lock();
    try {
      // Where many were used since, one pass over all is cheaper than to put back each.
      int looks = 64 + size / 8;
      while (size > 0 && isUsedSince(at(0), now)) {
        if (looks-- == 0) {
          reorder(now);
          break;
        }
        down(at(0), 0);
      }
      return size > 0 && !at(0).isInUse() ? at(0) : leastRecentlyUsedOfAll();
    } finally {
      lock.unlock();
    }
  }

  private void reorder(long now) {
    for (int i = 0; i < size; i++) {
      isUsedSince(at(i), now);
    }
    for (int i = size / 2; i-- > 0; ) {
      down(at(i), i);
    }
  }

  private @Nullable Session leastRecentlyUsedOfAll() {
    return Arrays.stream(heap, 0, size)
        .min(Comparator.comparing(Session::isInUse).thenComparing(BY_USE))
        .orElse(null);
  }

  /** Returns one that has ended, the same until it is removed; or null. */
  @Nullable Session ended(long now) {
    lock.lock();
    try {
      if (oldest != null && now - oldest.openedNanos() >= ttlNanos) {
        return oldest;
      }
      while (size > 0 && now - at(0).orderedNanos >= idleNanos) {
        if (!isUsedSince(at(0), now)) {
          return at(0);
        }
        down(at(0), 0);
      }
      return null;
    } finally {
      lock.unlock();
    }
  }

  /** Orders the session by its last use, and tells whether that is later; in use, it is now. */
  private static boolean isUsedSince(Session session, long now) {
    // Looked at before the time of its last use, which is written before that use ends.
    boolean inUse = session.isInUse();
    long used = inUse ? now : session.lastUsedNanos();
    boolean since = used - session.orderedNanos > 0;
    if (since) {
      session.orderedNanos = used;
    }
    return since;
  }

  private void link(Session session) {
    session.older = youngest;
    if (youngest == null) {
      oldest = session;
    } else {
      youngest.younger = session;
    }
    youngest = session;
  }

  private void unlink(Session session) {
    Session before = session.older;
    Session after = session.younger;
    if (before == null) {
      oldest = after;
    } else {
      before.younger = after;
    }
    if (after == null) {
      youngest = before;
    } else {
      after.older = before;
    }
    session.older = null;
    session.younger = null;
  }

  @SuppressWarnings("NullAway") // there is one below size
  private Session at(int index) {
    return heap[index];
  }

  private void up(Session session, int from) {
    int index = from;
    while (index > 0 && isBefore(session, at((index - 1) >>> 1))) {
      put(at((index - 1) >>> 1), index);
      index = (index - 1) >>> 1;
    }
    put(session, index);
  }

  private void down(Session session, int from) {
    int index = from;
    for (int child = 2 * index + 1; child < size; child = 2 * index + 1) {
      if (child + 1 < size && isBefore(at(child + 1), at(child))) {
        child++;
      }
      if (!isBefore(at(child), session)) {
        break;
      }
      put(at(child), index);
      index = child;
    }
    put(session, index);
  }

  private static boolean isBefore(Session a, Session b) {
    return a.orderedNanos - b.orderedNanos < 0;
  }

  private void put(Session session, int index) {
    heap[index] = session;
    session.orderIndex = index;
  }
}
