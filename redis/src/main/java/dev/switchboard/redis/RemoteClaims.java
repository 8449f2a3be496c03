package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Asks Redis for sessions, and waits for those that other processes open. */
final class RemoteClaims {

  private static final long SHORTEST_POLL_MILLIS = 10;
  private static final long LONGEST_POLL_MILLIS = 250;
  private static final int UNREADABLE_AT_MOST = 3;

  private final RedisLink link;
  private final Leases leases;
  private final KnownSessions known;
  private final Publications publications;
  private final ScheduledExecutorService timer;
  private final Ticker ticker;
  private final Duration openTimeout;
  private final Duration learnTimeout;

  RemoteClaims(
      RedisLink link,
      Leases leases,
      KnownSessions known,
      Publications publications,
      ScheduledExecutorService timer,
      Ticker ticker,
      Duration openTimeout,
      Duration learnTimeout) {
    this.link = link;
    this.leases = leases;
    this.known = known;
    this.publications = publications;
    this.timer = timer;
    this.ticker = ticker;
    this.openTimeout = openTimeout;
    this.learnTimeout = learnTimeout;
  }

  /**
   * Completes a claim; {@code unreachable} answers where Redis does not. What would be granted to
   * who has cancelled it is given back.
   */
  void claim(
      CompletableFuture<SessionStore.Claim> claim,
      SharedShelf shelf,
      SessionKey key,
      Supplier<CompletionStage<SessionStore.Claim>> unreachable) {
    new Poll(claim, shelf, key, unreachable).ask();
  }

  /** Completes a claim with whatever another stage does. */
  static void complete(
      CompletableFuture<SessionStore.Claim> claim, CompletionStage<SessionStore.Claim> instead) {
    var unused =
        instead.whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                claim.complete(answer);
              } else {
                claim.completeExceptionally(RedisFailures.cause(failure));
              }
            });
  }

  static SessionOpenException unreachable(SessionKey key) {
    return failure(key, "Redis cannot be reached");
  }

  static SessionOpenException failure(SessionKey key, String reason) {
    return new SessionOpenException(
        "No session of specialist '%s': %s".formatted(key.specialist(), reason), null);
  }

  /** One claim, asked again while another process opens. */
  private final class Poll {

    private final CompletableFuture<SessionStore.Claim> claim;
    private final SharedShelf shelf;
    private final SessionKey key;
    private final String field;
    private final Token token = Token.random();
    private final Supplier<CompletionStage<SessionStore.Claim>> unreachable;
    private final long sinceNanos = ticker.read();
    private String awaited = "";
    private String unreadable = "";
    private int unreadables;
    private int flushes;
    private long longestPollMillis = SHORTEST_POLL_MILLIS;

    Poll(
        CompletableFuture<SessionStore.Claim> claim,
        SharedShelf shelf,
        SessionKey key,
        Supplier<CompletionStage<SessionStore.Claim>> unreachable) {
      this.claim = claim;
      this.shelf = shelf;
      this.key = key;
      this.field = Fields.of(key);
      this.unreachable = unreachable;
    }

    void ask() {
      if (claim.isDone()) {
        return;
      }
      // Also where it was prepared only after this had begun to wait for it.
      Token prepared = leases.takePrepared(key);
      if (prepared != null) {
        grant(prepared);
        return;
      }
      String named = StoredSession.text(token);
      flushes = shelf.near().flushes();
      List<String> arguments = List.of(field, named, Leases.LEASE_MILLIS, awaited, unreadable);
      var unused =
          link.run(Script.ACQUIRE, shelf.shard(field), arguments).whenComplete(this::answered);
    }

    private void answered(@Nullable List<Object> reply, @Nullable Throwable failure) {
      try {
        if (reply != null) {
          answered(reply);
        } else if (failure != null) {
          unanswered(RedisFailures.cause(failure));
        }
      } catch (RuntimeException e) {
        leases.fail(token, "");
        claim.completeExceptionally(e);
      }
    }

    private void answered(List<Object> reply) {
      switch (Shard.text(reply.get(0))) {
        case "FOUND" -> found((byte[]) reply.get(1), (Long) reply.get(2));
        case "GRANTED" -> {
          leases.hold(shelf, field, token);
          Session missed = shelf.near().missed(key);
          if (missed == null) {
            grant(token);
          } else {
            storeAgain(missed);
          }
        }
        case "HELD" -> held(Shard.text(reply.get(1)), Shard.text(reply.get(2)).equals("L"));
        case "FAILED" ->
            fail("its opening in another process failed with " + Shard.text(reply.get(1)));
        default -> fail("it was evicted meanwhile");
      }
    }

    private void grant(Token opening) {
      if (!claim.complete(new SessionStore.Granted(opening))) {
        leases.fail(opening, "");
      }
    }

    /** A session that Redis seems to have lost with its data goes on, unless it was made to go. */
    private void storeAgain(Session missed) {
      var unused =
          publications
              .send(shelf, missed)
              .whenComplete(
                  (session, failure) -> {
                    if (failure != null
                        && RedisFailures.cause(failure) instanceof SessionOpenException) {
                      shelf.near().drop(missed);
                      grant(token);
                      return;
                    }
                    leases.fail(token, "");
                    if (failure != null) {
                      goOnWithoutRedis();
                      return;
                    }
                    if (session == missed) {
                      shelf.near().put(missed, field, missed.isUsed(), flushes);
                    }
                    claim.complete(new SessionStore.Found(session));
                  });
    }

    private void found(byte[] record, long ageMillis) {
      Session session = known.read(key, record, ageMillis);
      if (session != null) {
        shelf.near().put(session, field, StoredSession.isUsed(record), flushes);
        claim.complete(new SessionStore.Found(session));
      } else if (unreadables++ < UNREADABLE_AT_MOST) {
        unreadable = Shard.text(record);
        ask();
      } else {
        fail("what Redis keeps for it cannot be read");
      }
    }

    private void held(String holder, boolean learning) {
      awaited = holder;
      Duration limit = learning ? learnTimeout : openTimeout;
      if (ticker.read() - sinceNanos >= limit.toNanos()) {
        fail(
            learning
                ? "no reply named its id to another process within learn-timeout"
                : "its opening in another process took longer than open-timeout");
        return;
      }
      longestPollMillis = Math.min(2 * longestPollMillis, LONGEST_POLL_MILLIS);
      long delay =
          ThreadLocalRandom.current().nextLong(SHORTEST_POLL_MILLIS, longestPollMillis + 1);
      try {
        var unused = timer.schedule(this::ask, delay, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException e) {
        fail("the application stops");
      }
    }

    private void fail(String reason) {
      claim.completeExceptionally(failure(key, reason));
    }

    private void unanswered(Throwable failure) {
      if (RedisFailures.wasSent(failure)) {
        leases.disown(shelf, field, token);
      }
      goOnWithoutRedis();
    }

    private void goOnWithoutRedis() {
      complete(claim, unreachable.get());
    }
  }
}
