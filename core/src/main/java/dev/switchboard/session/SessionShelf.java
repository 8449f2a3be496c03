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
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of one specialist in memory.
 *
 * <p>Caffeine keeps them in the order of their last use and expires them. It is given no maximum
 * size, because it would choose by frequency, and a conversation is not a cache entry; {@link #add}
 * makes room instead, the least recently used first, idle before in use.
 *
 * <p>A session in use does not grow idle. Where Caffeine lets one go for idleness during a long
 * use, it is parked, still ours, until the use ends or the next claim.
 *
 * <p>Locks: {@code adding} is taken before Caffeine's own, so the eviction listener, which Caffeine
 * calls under its lock, must not take it.
 */
final class SessionShelf {

  /** Among how many of the oldest, by Caffeine's order, the least recently used is looked for. */
  private static final int CANDIDATES = 256;

  /** How far the idle time may be told short. */
  private static final long RESOLUTION_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final SessionLimits limits;
  private final Ticker ticker;
  private final Scheduler scheduler;
  private final SessionStore.Listener listener;
  private final Cache<SessionKey, Session> cache;
  private final ConcurrentMap<SessionKey, Session> parked = new ConcurrentHashMap<>();
  private final TenantIndex tenants = new TenantIndex();
  private final AtomicInteger size = new AtomicInteger();
  private final ReentrantLock adding = new ReentrantLock();

  SessionShelf(
      SessionLimits limits, Ticker ticker, Scheduler scheduler, SessionStore.Listener listener) {
    this.limits = limits;
    this.ticker = ticker;
    this.scheduler = scheduler;
    this.listener = listener;
    this.cache = cache();
  }

  private Cache<SessionKey, Session> cache() {
    Caffeine<Object, Object> caffeine =
        Caffeine.newBuilder().ticker(ticker).scheduler(scheduler).executor(Runnable::run);
    Duration idleTimeout = limits.idleTimeout();
    if (limits.ttl() != null) {
      caffeine.expireAfterWrite(limits.ttl());
    }
    // Without an idle time the ttl serves, for the order of use that comes with this policy.
    caffeine.expireAfterAccess(idleTimeout != null ? idleTimeout : ttl());
    return caffeine
        .<SessionKey, Session>evictionListener(
            (key, session, cause) -> {
              if (session != null) {
                expired(session);
              }
            })
        .build();
  }

  private Duration ttl() {
    return limits.ttl() != null ? limits.ttl() : Duration.ofNanos(Long.MAX_VALUE);
  }

  /** Looks without locks; a parked session is found by {@link #findOrUnpark} only. */
  @Nullable Session find(SessionKey key) {
    Session session = cache.getIfPresent(key);
    // Caffeine counts a session's ttl anew once it has been parked, so that we must look ourselves.
    return session != null && session.wasParked() && isPastTtl(session) ? null : session;
  }

  @Nullable Session findOrUnpark(SessionKey key) {
    adding.lock();
    try {
      Session aside = parked.get(key);
      if (aside != null) {
        unpark(aside);
      }
      Session session = cache.getIfPresent(key);
      if (session != null && isPastTtl(session)) {
        remove(session, RemovalCause.EXPIRED);
        return null;
      }
      return session;
    } finally {
      adding.unlock();
    }
  }

  /** Stores the session unless the key has one, and returns the one it has then. */
  Session add(Session opened) {
    adding.lock();
    try {
      Session stored = findOrUnpark(opened.key());
      if (stored != null) {
        return stored;
      }
      while (size.get() >= limits.maxSize()) {
        removeLeastRecentlyUsed();
      }
      size.incrementAndGet();
      listener.entered(opened);
      tenants.add(opened);
      cache.put(opened.key(), opened);
      return opened;
    } finally {
      adding.unlock();
    }
  }

  private void removeLeastRecentlyUsed() {
    Session chosen = oldest(sessions -> leastRecentlyUsed(sessions));
    if (chosen == null) {
      chosen = parked.values().stream().findAny().orElse(null);
    }
    if (chosen == null) {
      chosen = oldest(sessions -> sessions.findFirst().orElse(null));
    }
    if (chosen != null) {
      remove(chosen, RemovalCause.SURPLUS);
    }
  }

  /**
   * Caffeine drops some accesses when it is busy, so that its order is only near to that of use.
   */
  private static @Nullable Session leastRecentlyUsed(Stream<Session> oldestFirst) {
    return oldestFirst
        .filter(session -> !session.isInUse())
        .limit(CANDIDATES)
        .reduce((a, b) -> b.lastUsedNanos() - a.lastUsedNanos() < 0 ? b : a)
        .orElse(null);
  }

  private @Nullable Session oldest(Function<Stream<Session>, @Nullable Session> choice) {
    return cache
        .policy()
        .expireAfterAccess()
        .orElseThrow()
        .oldest(entries -> choice.apply(entries.map(CacheEntry::getValue)));
  }

  /** Removes the key's session where {@code opening} is null or names it. */
  boolean remove(SessionKey key, @Nullable Token opening, RemovalCause cause) {
    Session session = cache.policy().getIfPresentQuietly(key);
    if (session == null) {
      session = parked.get(key);
    }
    return session != null
        && (opening == null || session.isFrom(opening))
        && remove(session, cause);
  }

  private boolean remove(Session session, RemovalCause cause) {
    boolean removed = cache.asMap().remove(session.key(), session) || removeAside(session);
    if (removed) {
      left(session, cause);
    }
    return removed;
  }

  /** Looks again where the session may have been moved to, or back from. */
  private boolean removeAside(Session session) {
    adding.lock();
    try {
      return parked.remove(session.key(), session) || cache.asMap().remove(session.key(), session);
    } finally {
      adding.unlock();
    }
  }

  private void left(Session session, RemovalCause cause) {
    tenants.remove(session);
    listener.left(session, cause);
    size.decrementAndGet();
  }

  int removeTenant(String tenant) {
    int removed = 0;
    for (Session session : tenants.sessions(tenant)) {
      if (remove(session, RemovalCause.EVICTED)) {
        removed++;
      }
    }
    return removed;
  }

  void clear() {
    adding.lock();
    try {
      List.copyOf(cache.asMap().values()).forEach(s -> remove(s, RemovalCause.SHUTDOWN));
      List.copyOf(parked.values()).forEach(s -> remove(s, RemovalCause.SHUTDOWN));
    } finally {
      adding.unlock();
    }
  }

  /** A use ends: the idle time starts anew. Caffeine need not hear of it every time. */
  void touch(Session session) {
    if (session.isParked() && !session.isInUse()) {
      unparkAfterUse(session);
      return;
    }
    long now = ticker.read();
    boolean heard = now - session.lastUsedNanos() < RESOLUTION_NANOS;
    session.setLastUsedNanos(now);
    if (!heard && cache.getIfPresent(session.key()) == null && !session.hasLeft()) {
      // Idle too long by the clock, but in use: let it be parked while it still is.
      cache.cleanUp();
    }
  }

  /** Called by Caffeine under its lock. */
  private void expired(Session session) {
    if (limits.idleTimeout() == null || isPastTtl(session) || !session.park()) {
      left(session, RemovalCause.EXPIRED);
      return;
    }
    parked.put(session.key(), session);
    if (limits.ttl() != null) {
      var unused =
          scheduler.schedule(
              Runnable::run,
              () -> removePastTtl(session),
              session.openedNanos() + Durations.nanos(limits.ttl()) - ticker.read(),
              TimeUnit.NANOSECONDS);
    }
  }

  private void removePastTtl(Session session) {
    if (isPastTtl(session)) {
      remove(session, RemovalCause.EXPIRED);
    }
  }

  private void unparkAfterUse(Session session) {
    adding.lock();
    try {
      unpark(session);
    } finally {
      adding.unlock();
    }
  }

  /** Brings a parked session back; {@code adding} is held. */
  private void unpark(Session session) {
    if (parked.get(session.key()) != session) {
      return;
    }
    if (isPastTtl(session)) {
      remove(session, RemovalCause.EXPIRED);
    } else {
      parked.remove(session.key(), session);
      session.unpark();
      cache.put(session.key(), session);
    }
  }

  private boolean isPastTtl(Session session) {
    return limits.ttl() != null
        && ticker.read() - session.openedNanos() >= Durations.nanos(limits.ttl());
  }
}
