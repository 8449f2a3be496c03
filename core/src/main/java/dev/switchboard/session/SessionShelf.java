package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sessions of one specialist in memory.
 *
 * <p>{@code stored} is the truth: who removes a session from it, by identity, lets it leave. {@code
 * order} knows which was used least recently and which has ended. That is no cache with a maximum
 * size: one would choose by frequency, or drop what is in use, and a conversation is not a cache
 * entry.
 *
 * <p>While there are sessions, one task looks every second for what has ended. It does not keep the
 * shelf.
 *
 * <p>To read the clock can cost as much as all else that a use does here, so the time that it is
 * found at is its caller's, and is read again at the end only where there has been a look since.
 * What was used for less than a second is idle from when it was found. With a short idle time-out,
 * or another clock or scheduler than the system's, each beginning and each end is read.
 */
final class SessionShelf {

  private static final Logger log = LoggerFactory.getLogger(SessionShelf.class);

  /** Looks for what has ended are so far apart. */
  private static final long PACE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** Idle time-outs from this on are a hundredth shorter at most where a use's end is not read. */
  private static final long LONG_IDLE_NANOS = 100 * PACE_NANOS;

  /**
   * Threads that use one session need not write to it more often; how exact the order of use is.
   */
  private static final long RESOLUTION_NANOS = TimeUnit.MICROSECONDS.toNanos(10);

  private final SpecialistName specialist;
  private final int maxSize;
  private final long ttlNanos;
  private final long idleNanos;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final SessionStore.Listener listener;
  private final ConcurrentMap<SessionKey, Session> stored = new ConcurrentHashMap<>();
  private final SessionOrder order;
  private final TenantIndex tenants = new TenantIndex();
  private final AtomicInteger size = new AtomicInteger();
  private final ReentrantLock adding = new ReentrantLock();
  private final AtomicBoolean looking = new AtomicBoolean();
  private final boolean exact;

  /** When the last look began. */
  private volatile long lookedNanos;

  /**
   * Creates an empty shelf.
   *
   * @param systems whether clock and scheduler are the system's, so that a look comes every second
   */
  SessionShelf(
      SpecialistName specialist,
      SessionLimits limits,
      Ticker ticker,
      Scheduler scheduler,
      boolean systems,
      SessionStore.Listener listener) {
    this.specialist = specialist;
    this.maxSize = limits.maxSize();
    this.ttlNanos = Durations.nanosOrMost(limits.ttl());
    this.idleNanos = Durations.nanosOrMost(limits.idleTimeout());
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.listener = listener;
    this.order = new SessionOrder(ttlNanos, idleNanos);
    this.exact = !systems || idleNanos < LONG_IDLE_NANOS;
    this.lookedNanos = ticker.read();
  }

  int size() {
    return size.get();
  }

  /**
   * Returns the key's session while it may be served. Takes no lock.
   *
   * @param now the time, or what it was a little before
   */
  @Nullable Session find(SessionKey key, long now) {
    Session session = stored.get(key);
    return session != null && isServed(session, exact ? ticker.read() : now) ? session : null;
  }

  private boolean isServed(Session session, long now) {
    if (now - session.foundNanos() >= RESOLUTION_NANOS) {
      session.setFoundNanos(now);
    }
    // Once more after a look whether it is in use: a use's time is written before it ends.
    return now - session.openedNanos() < ttlNanos
        && (now - session.lastUsedNanos() < idleNanos
            || session.isInUse()
            || now - session.lastUsedNanos() < idleNanos);
  }

  /** The same; one that has ended leaves. */
  @Nullable Session findOrExpire(SessionKey key) {
    Session session = stored.get(key);
    if (session != null && !isServed(session, ticker.read())) {
      remove(session, RemovalCause.EXPIRED);
      return null;
    }
    return session;
  }

  /** Stores the session unless the key has one, and returns the one it has then. */
  Session add(Session opened) {
    adding.lock();
    try {
      Session first = findOrExpire(opened.key());
      if (first != null) {
        return first;
      }
      while (size.get() >= maxSize) {
        makeRoom();
      }
      size.incrementAndGet();
      listener.entered(opened);
      tenants.add(opened);
      stored.put(opened.key(), opened);
      order.add(opened);
      if (stored.get(opened.key()) != opened) {
        order.remove(opened);
      }
    } finally {
      adding.unlock();
    }
    lookLater();
    return opened;
  }

  /** Lets go what has ended, or else the least recently used. */
  private void makeRoom() {
    long now = ticker.read();
    Session ended = order.ended(now);
    if (ended != null) {
      removeInOrder(ended, RemovalCause.EXPIRED);
      return;
    }
    Session chosen = order.leastRecentlyUsed(now);
    if (chosen != null) {
      removeInOrder(chosen, RemovalCause.SURPLUS);
    }
  }

  /** Where another thread lets it leave, that is about to take it out of the order, too. */
  private void removeInOrder(Session session, RemovalCause cause) {
    if (!remove(session, cause)) {
      order.remove(session);
    }
  }

  /** Removes the key's session where {@code opening} is null or names it. */
  boolean remove(SessionKey key, @Nullable Token opening, RemovalCause cause) {
    Session kept = stored.get(key);
    return kept != null && (opening == null || kept.isFrom(opening)) && remove(kept, cause);
  }

  private boolean remove(Session session, RemovalCause cause) {
    boolean removed = stored.remove(session.key(), session);
    if (removed) {
      order.remove(session);
      left(session, cause);
    }
    return removed;
  }

  private void left(Session session, RemovalCause cause) {
    try {
      tenants.remove(session);
      listener.left(session, cause);
    } finally {
      // Last, so that the listener never sees more than there is room for.
      size.decrementAndGet();
    }
  }

  int removeTenant(String tenant) {
    SessionKey only = SessionKey.ofTenantOnly(specialist, tenant);
    long further =
        tenants.sessions(tenant).stream()
            .filter(session -> remove(session, RemovalCause.EVICTED))
            .count();
    return (int) further + (remove(only, null, RemovalCause.EVICTED) ? 1 : 0);
  }

  int clear(RemovalCause cause) {
    adding.lock();
    try {
      return (int)
          List.copyOf(stored.values()).stream().filter(session -> remove(session, cause)).count();
    } finally {
      adding.unlock();
    }
  }

  /** A use ends: the idle time starts anew. */
  void touch(Session session) {
    long found = session.foundNanos();
    boolean isLong = lookedNanos - found >= 0;
    long used = exact || isLong ? ticker.read() : found;
    if (used != session.lastUsedNanos()) {
      session.setLastUsedNanos(used);
    }
  }

  /** Lets one task, and no more, look in a second. */
  private void lookLater() {
    if (size.get() > 0 && looking.compareAndSet(false, true)) {
      Runnable look = new Look(new WeakReference<>(this));
      try {
        var unused = scheduler.schedule(Runnable::run, look, PACE_NANOS, TimeUnit.NANOSECONDS);
      } catch (RuntimeException refused) {
        log.debug("No look for sessions that end until the next is stored", refused);
        looking.set(false);
      }
    }
  }

  private void removeEnded() {
    looking.set(false);
    try {
      lookedNanos = ticker.read();
      Session ended = order.ended(lookedNanos);
      while (ended != null) {
        removeInOrder(ended, RemovalCause.EXPIRED);
        ended = order.ended(ticker.read());
      }
    } finally {
      lookLater();
    }
  }

  private record Look(WeakReference<SessionShelf> shelf) implements Runnable {

    @Override
    public void run() {
      SessionShelf there = shelf.get();
      if (there != null) {
        there.removeEnded();
      }
    }
  }
}
