package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.Token;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The openings that Redis has leased to this process. A lease lapses 5 seconds after it was renewed
 * last, so that another process takes over soon after this one has died.
 */
final class Leases {

  /** How long a lease holds unless it is renewed, in milliseconds. */
  static final String LEASE_MILLIS = "5000";

  /** How long those who wait for a failed opening can hear of it, in milliseconds. */
  static final String FAILURE_MILLIS = "1000";

  private static final long LEASE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long UNCLAIMED_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final RedisLink link;
  private final Ticker ticker;
  private final Duration openTimeout;
  private final Duration learnTimeout;
  private final Map<Token, Lease> held = new ConcurrentHashMap<>();
  private final Map<SessionKey, Lease> prepared = new ConcurrentHashMap<>();
  private final Map<Token, Lease> unheard = new ConcurrentHashMap<>();

  private record Lease(
      SharedShelf shelf, String field, Token token, boolean learning, long sinceNanos) {}

  Leases(RedisLink link, Ticker ticker, Duration openTimeout, Duration learnTimeout) {
    this.link = link;
    this.ticker = ticker;
    this.openTimeout = openTimeout;
    this.learnTimeout = learnTimeout;
  }

  void hold(SharedShelf shelf, String field, Token token) {
    held.put(token, new Lease(shelf, field, token, false, ticker.read()));
  }

  /** A lost session's next opening is leased to whoever claims it in the next moment. */
  void prepare(SharedShelf shelf, SessionKey key, String field, Token token) {
    Lease unclaimed = prepared.put(key, new Lease(shelf, field, token, false, ticker.read()));
    if (unclaimed != null) {
      giveBack(unclaimed, "");
    }
  }

  @Nullable Token takePrepared(SessionKey key) {
    Lease lease = prepared.isEmpty() ? null : prepared.remove(key);
    if (lease == null) {
      return null;
    }
    if (ticker.read() - lease.sinceNanos >= UNCLAIMED_NANOS) {
      giveBack(lease, "");
      return null;
    }
    hold(lease.shelf, lease.field, lease.token);
    return lease.token;
  }

  /** The opening goes on until the first reply names the id. */
  void learn(Token token) {
    Lease lease =
        held.computeIfPresent(
            token,
            (same, opening) -> new Lease(opening.shelf, opening.field, token, true, ticker.read()));
    if (lease != null) {
      renew(lease);
    }
  }

  /** The opening has ended, well or not at all. */
  void release(Token token) {
    held.remove(token);
  }

  /** The opening has failed, or is left to the next where there is no reason. */
  void fail(Token token, String reason) {
    Lease lease = held.remove(token);
    if (lease != null) {
      giveBack(lease, reason);
    }
  }

  /**
   * Gives back what Redis may have leased, or may yet, though its answer has not come: nobody here
   * would know of it, and others would wait until it lapses.
   */
  void disown(SharedShelf shelf, String field, Token token) {
    giveBack(new Lease(shelf, field, token, false, ticker.read()), "");
  }

  private void giveBack(Lease lease, String reason) {
    var unused =
        send(lease, reason)
            .exceptionally(
                failure -> {
                  long now = ticker.read();
                  unheard.put(
                      lease.token, new Lease(lease.shelf, lease.field, lease.token, false, now));
                  return List.of();
                });
  }

  private CompletableFuture<List<Object>> send(Lease lease, String reason) {
    return link.send(
        Script.FAIL,
        lease.shelf.shard(lease.field),
        List.of(lease.field, StoredSession.text(lease.token), FAILURE_MILLIS, reason));
  }

  private void giveBackAgain(long now) {
    unheard.values().removeIf(lease -> now - lease.sinceNanos >= LEASE_NANOS);
    if (link.isUp()) {
      unheard
          .values()
          .forEach(
              lease -> {
                var unused = send(lease, "").thenRun(() -> unheard.remove(lease.token));
              });
    }
  }

  /** Renews all leases whose openings have not taken too long, and gives back the others. */
  void renew() {
    long now = ticker.read();
    giveBackAgain(now);
    held.values().removeIf(lease -> isPast(lease, now));
    held.values().forEach(this::renew);
    prepared.values().removeIf(lease -> isUnclaimed(lease, now));
  }

  /** Gives back the prepared openings whose fields begin so: their eviction voids them. */
  void unprepare(SharedShelf shelf, String prefix) {
    prepared.forEach(
        (key, lease) -> {
          if (lease.shelf == shelf
              && lease.field.startsWith(prefix)
              && prepared.remove(key, lease)) {
            giveBack(lease, "");
          }
        });
  }

  /** Another process's eviction has voided this opening, which nobody has begun yet. */
  void unprepare(Token voided) {
    prepared.values().removeIf(lease -> lease.token.equals(voided));
  }

  private boolean isUnclaimed(Lease lease, long now) {
    boolean unclaimed = now - lease.sinceNanos >= UNCLAIMED_NANOS;
    if (unclaimed) {
      giveBack(lease, "");
    }
    return unclaimed;
  }

  private boolean isPast(Lease lease, long now) {
    Duration limit = lease.learning ? learnTimeout : openTimeout;
    return now - lease.sinceNanos >= limit.toNanos();
  }

  private void renew(Lease lease) {
    var unused =
        link.run(
            Script.RENEW,
            lease.shelf.shard(lease.field),
            List.of(
                lease.field,
                StoredSession.text(lease.token),
                lease.learning ? "L" : "O",
                LEASE_MILLIS));
  }
}
