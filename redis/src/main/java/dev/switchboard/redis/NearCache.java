package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.RemovalCause;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The shared sessions of one specialist that this process has seen. An entry is fresh for 30
 * seconds after Redis has confirmed it; after that it only serves while Redis does not answer.
 */
final class NearCache {

  /** Redis knows for ten minutes what has left; half of that is on the safe side. */
  private static final long REMEMBERED_NANOS = TimeUnit.MINUTES.toNanos(5);

  private static final int MAX_GONE = 10_000;

  private final ConcurrentMap<SessionKey, SeenSession> entries = new ConcurrentHashMap<>();

  /** Bounds the entries; each look-up there would read the clock once more. */
  private final Cache<SessionKey, SeenSession> order;

  private final ConcurrentNavigableMap<String, SeenSession> fields = new ConcurrentSkipListMap<>();

  /** What has left lately: the news of that can overtake the answer that it is there. */
  private final Cache<Token, Boolean> gone;

  private final Ticker ticker;
  private final long ttlNanos;
  private final long idleNanos;
  private final AtomicInteger flushes = new AtomicInteger();

  NearCache(SessionLimits limits, Ticker ticker) {
    this.ticker = ticker;
    this.ttlNanos = nanosOrMost(limits.ttl());
    this.idleNanos = nanosOrMost(limits.idleTimeout());
    this.order =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(limits.maxSize())
            .expireAfterAccess(Duration.ofNanos(Math.min(ttlNanos, idleNanos)))
            .<SessionKey, SeenSession>removalListener(this::removed)
            .build();
    this.gone =
        Caffeine.newBuilder()
            .ticker(ticker)
            .executor(Runnable::run)
            .maximumSize(MAX_GONE)
            .expireAfterWrite(Duration.ofNanos(SeenSession.FRESH_NANOS))
            .build();
  }

  static long nanosOrMost(@Nullable Duration limit) {
    return limit == null || limit.compareTo(Duration.ofNanos(Long.MAX_VALUE)) > 0
        ? Long.MAX_VALUE
        : limit.toNanos();
  }

  /** Notes that a use ends, and returns whether Redis has to hear that now. */
  boolean used(SeenSession entry) {
    if (entry.used()) {
      keep(entry);
    }
    return entry.isFirstUseUntold();
  }

  private void keep(SeenSession entry) {
    var unused = order.getIfPresent(entry.session().key());
  }

  /** Returns the key's session where it is fresh. */
  @Nullable Session fresh(SessionKey key, long now) {
    SeenSession entry = entries.get(key);
    return entry != null && entry.isFresh(now, flushes.get()) && entry.isServed(now)
        ? entry.session()
        : null;
  }

  /** Returns the key's session, fresh or not, unless its time has ended. */
  @Nullable Session any(SessionKey key, long now) {
    SeenSession entry = entries.get(key);
    return entry != null && entry.isServed(now) ? entry.session() : null;
  }

  /**
   * Returns the key's session where Redis has confirmed it so lately that it must have lost its
   * data, unless it still knows why the session is gone.
   */
  @Nullable Session missed(SessionKey key) {
    SeenSession entry = entries.get(key);
    long now = ticker.read();
    return entry != null && entry.isServed(now) && entry.isConfirmedWithin(REMEMBERED_NANOS, now)
        ? entry.session()
        : null;
  }

  /**
   * Returns what is not over as long as Redis has it: this process would serve it, and Redis has
   * lately heard of a use.
   */
  @Nullable SeenSession unconfirmed(SessionKey key) {
    SeenSession entry = entries.get(key);
    long now = ticker.read();
    return entry != null && entry.isServed(now) && entry.isToldOf(now) ? entry : null;
  }

  @Nullable SeenSession entry(Session session) {
    SeenSession entry = entries.get(session.key());
    return entry != null && entry.session() == session ? entry : null;
  }

  /**
   * Remembers what Redis has confirmed, unless it is known to have left since.
   *
   * @param usedTold whether Redis knows that the session has been used, where it has
   * @param flushesBefore how often all had been flushed when Redis was asked
   */
  void put(Session session, String field, boolean usedTold, int flushesBefore) {
    SeenSession entry =
        new SeenSession(session, field, ticker, ttlNanos, idleNanos, flushesBefore, usedTold);
    // In one step, or what two answers bring at once could be found in one of them only.
    order
        .asMap()
        .compute(
            session.key(),
            (key, before) -> {
              fields.put(field, entry);
              entries.put(key, entry);
              return entry;
            });
    if (gone.getIfPresent(session.token()) != null) {
      order.asMap().remove(session.key(), entry);
    }
  }

  private void removed(@Nullable SessionKey key, @Nullable SeenSession entry, RemovalCause cause) {
    if (entry != null) {
      fields.remove(entry.field(), entry);
      entries.remove(entry.session().key(), entry);
    }
  }

  void drop(Session session) {
    SeenSession entry = entry(session);
    if (entry != null) {
      order.asMap().remove(session.key(), entry);
    }
  }

  /** The session of this opening, which was in this field, has left. */
  void left(String field, Token opening) {
    gone.put(opening, true);
    SeenSession entry = fields.get(field);
    if (entry != null && entry.session().token().equals(opening)) {
      order.asMap().remove(entry.session().key(), entry);
    }
  }

  /** Drops the sessions whose fields begin so. */
  void dropAll(String prefix) {
    for (SeenSession entry : fields.subMap(prefix, prefix + Character.MAX_VALUE).values()) {
      order.asMap().remove(entry.session().key(), entry);
    }
  }

  /** How often {@link #flush} has been called. */
  int flushes() {
    return flushes.get();
  }

  /** Lets every entry be confirmed anew before it serves again. */
  void flush() {
    flushes.incrementAndGet();
  }

  /** The sessions that are in use. */
  List<SeenSession> inUse() {
    return fields.values().stream().filter(entry -> entry.session().isInUse()).toList();
  }

  /**
   * The sessions that are or were used since Redis heard of them, this long ago or longer, or that
   * it has confirmed since.
   */
  List<SeenSession> untold(long nanos) {
    List<SeenSession> untold = new ArrayList<>();
    long now = ticker.read();
    for (SeenSession entry : fields.values()) {
      if (entry.session().isInUse()) {
        // So long a use must not let the entry itself grow idle.
        keep(entry);
      }
      if (entry.isUntold(nanos, now)) {
        untold.add(entry);
      }
    }
    return untold;
  }
}
