package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Policy.CacheEntry;
import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one specialist in memory.
 *
 * <p>{@code stored} is the truth: who removes a session from it, by identity, lets it leave. {@code
 * order} knows the order of use and tells when a session has ended. It is a Caffeine cache without
 * a maximum size, because that would choose by frequency, and a conversation is not a cache entry;
 * {@link #add} makes room instead, the least recently used first, idle before in use.
 *
 * <p>A session in use does not grow idle: if {@code order} drops it, its last use puts it back.
 *
 * <p>{@code adding} is taken before Caffeine's lock, so never in {@link #expired}, under that.
 */
final class SessionShelf {

  /** Among how many of the oldest in {@code order} the least recently used is looked for. */
  private static final int CANDIDATES = 256;

  /** Caffeine hears of a session's uses once in this time. */
  private static final long RESOLUTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final SpecialistName specialist;
  private final int maxSize;
  private final long ttlNanos;
  private final long idleNanos;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final SessionStore.Listener listener;
  private final ConcurrentMap<SessionKey, Session> stored = new ConcurrentHashMap<>();
  private final Cache<SessionKey, Session> order;
  private final TenantIndex tenants = new TenantIndex();
  private final AtomicInteger size = new AtomicInteger();
  private final ReentrantLock adding = new ReentrantLock();

  SessionShelf(
      SpecialistName specialist,
      SessionLimits limits,
      Ticker ticker,
      Scheduler scheduler,
      SessionStore.Listener listener) {
    this.specialist = specialist;
    this.maxSize = limits.maxSize();
    this.ttlNanos = Durations.nanosOrMost(limits.ttl());
    this.idleNanos = Durations.nanosOrMost(limits.idleTimeout());
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.listener = listener;
    this.order =
        Caffeine.newBuilder()
            .ticker(ticker)
            .scheduler(scheduler)
            .executor(Runnable::run)
            .expireAfterWrite(Duration.ofNanos(ttlNanos))
            .expireAfterAccess(Duration.ofNanos(idleNanos))
            .<SessionKey, Session>evictionListener((key, session, cause) -> expired(session))
            .build();
  }

  int size() {
    return size.get();
  }

  /** Returns the key's session while it may be served. Takes no lock. */
  @Nullable Session find(SessionKey key) {
    Session session = stored.get(key);
    return session != null && isServed(session) ? session : null;
  }

  private boolean isServed(Session session) {
    // Looked at before the time of its last use, which is written before that use ends.
    boolean inUse = session.isInUse();
    long now = ticker.read();
    return now - session.openedNanos() < ttlNanos
        && (inUse || now - session.lastUsedNanos() < idleNanos);
  }

  /** The same; one that has ended leaves. */
  @Nullable Session findOrExpire(SessionKey key) {
    Session session = stored.get(key);
    if (session != null && !isServed(session)) {
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
        removeLeastRecentlyUsed();
      }
      size.incrementAndGet();
      listener.entered(opened);
      tenants.add(opened);
      stored.put(opened.key(), opened);
      putInOrder(opened);
      return opened;
    } finally {
      adding.unlock();
    }
  }

  /** Notes a use of a stored session; {@code adding} is held, so that no newer one is displaced. */
  private void putInOrder(Session session) {
    order.put(session.key(), session);
    if (stored.get(session.key()) != session) {
      order.asMap().remove(session.key(), session);
    }
  }

  /**
   * Of the idle ones among the oldest in order, which drops some accesses; else of those in use.
   */
  private void removeLeastRecentlyUsed() {
    Session chosen =
        order
            .policy()
            .expireAfterAccess()
            .orElseThrow()
            .oldest(entries -> leastRecentlyUsed(idle(entries).limit(CANDIDATES)));
    if (size.get() < maxSize) {
      return; // the look has let those go that had ended
    } else if (chosen == null) {
      chosen = leastRecentlyUsed(stored.values().stream());
    }
    if (chosen != null && !remove(chosen, RemovalCause.SURPLUS)) {
      order.asMap().remove(chosen.key(), chosen);
    }
  }

  private static Stream<Session> idle(Stream<CacheEntry<SessionKey, Session>> entries) {
    return entries.map(CacheEntry::getValue).filter(session -> !session.isInUse());
  }

  private static @Nullable Session leastRecentlyUsed(Stream<Session> sessions) {
    return sessions
        .reduce((a, b) -> b.lastUsedNanos() - a.lastUsedNanos() < 0 ? b : a)
        .orElse(null);
  }

  /** Removes the key's session where {@code opening} is null or names it. */
  boolean remove(SessionKey key, @Nullable Token opening, RemovalCause cause) {
    Session kept = stored.get(key);
    return kept != null && (opening == null || kept.isFrom(opening)) && remove(kept, cause);
  }

  private boolean remove(Session session, RemovalCause cause) {
    boolean removed = stored.remove(session.key(), session);
    if (removed) {
      order.asMap().remove(session.key(), session);
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

  /** A use ends: the idle time starts anew. Caffeine need not hear of it every time. */
  void touch(Session session) {
    long now = ticker.read();
    boolean heard = tick(now) == tick(session.lastUsedNanos()) && !session.isParked();
    session.setLastUsedNanos(now);
    if (!heard && (order.getIfPresent(session.key()) != session || session.isParked())) {
      putBack(session);
    }
  }

  private void putBack(Session session) {
    adding.lock();
    try {
      if (stored.get(session.key()) == session) {
        session.unpark();
        putInOrder(session);
      }
    } finally {
      adding.unlock();
    }
  }

  private static long tick(long nanos) {
    return Math.floorDiv(nanos, RESOLUTION_NANOS);
  }

  /** The order has dropped the session. Called by Caffeine under its lock. */
  private void expired(@Nullable Session session) {
    if (session == null) {
      return;
    }
    long now = ticker.read();
    boolean pastTtl = now - session.openedNanos() >= ttlNanos;
    long idleLeft = idleNanos - (now - session.lastUsedNanos());
    if (!pastTtl && (session.park() || idleLeft > 0)) {
      if (idleLeft > 0) {
        // Caffeine overlooks uses less than a second apart. Its order is locked now.
        later(0, () -> putBack(session));
        later(idleLeft, () -> findOrExpire(session.key()));
      }
      if (ttlNanos != Long.MAX_VALUE && session.isDroppedFirst()) {
        // Caffeine will count its ttl anew once it is back.
        later(session.openedNanos() + ttlNanos - now, () -> findOrExpire(session.key()));
      }
    } else if (stored.remove(session.key(), session)) {
      left(session, RemovalCause.EXPIRED);
    }
  }

  private void later(long nanos, Runnable task) {
    var unused = scheduler.schedule(Runnable::run, task, nanos, TimeUnit.NANOSECONDS);
  }
}
