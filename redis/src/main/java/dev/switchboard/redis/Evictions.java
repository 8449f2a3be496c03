package dev.switchboard.redis;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.RedisConnectionFailureException;

/** Lets sessions leave Redis. What could not be sent is sent before Redis is used again. */
final class Evictions {

  private static final Logger log = LoggerFactory.getLogger(Evictions.class);
  private static final int BATCH = 500;
  private static final int MAX_PENDING = 10_000;

  private final RedisLink link;
  private final Leases leases;
  private final LocalSessions local;
  private final Map<Token, Pending> pending = new ConcurrentHashMap<>();
  private volatile SessionStore.@Nullable Listener listener;

  /**
   * What the listener has to hear once Redis has answered; of closes it hears when they are due.
   */
  private enum News {
    LOSS,
    LOSS_OR_NEVER_STORED,
    NONE
  }

  private record Pending(
      SharedShelf shelf, Session session, RemovalCause cause, Token call, News news) {

    String field() {
      return Fields.of(session.key());
    }

    Shard shard() {
      return shelf.shard(field());
    }

    List<String> arguments(@Nullable Token following) {
      return List.of(
          field(),
          StoredSession.text(session.token()),
          cause.name(),
          StoredSession.text(call),
          following == null ? "" : StoredSession.text(following),
          Leases.LEASE_MILLIS);
    }
  }

  Evictions(RedisLink link, Leases leases, LocalSessions local) {
    this.link = link;
    this.leases = leases;
    this.local = local;
  }

  void start(SessionStore.Listener told) {
    listener = told;
  }

  /** Forgets whichever session the key has, and voids its opening. */
  CompletionStage<Boolean> evict(SharedShelves shelves, SessionKey key, RemovalCause cause) {
    boolean alone = local.evict(key, null, cause);
    SharedShelf shelf = shelves.find(key.specialist());
    String field = Fields.of(key);
    Runnable drop = shelf == null ? () -> {} : () -> drop(shelf, field);
    Shard shard = SharedShelf.shard(shelves.shards(key.specialist()), field);
    String call = StoredSession.text(Token.random());
    List<String> arguments = List.of(field, "", cause.name(), call, "", Leases.LEASE_MILLIS);
    return told(drop, () -> link.run(Script.EVICT, shard, arguments))
        .thenApply(reply -> isEvicted(shard, reply) || alone);
  }

  /** Forgets exactly this session, now or once Redis answers again. */
  CompletionStage<Boolean> evict(SharedShelf shelf, Session session, RemovalCause cause) {
    if (local.evict(session.key(), session.token(), cause)) {
      return CompletableFuture.completedFuture(true);
    }
    Pending eviction = new Pending(shelf, session, cause, Token.random(), News.LOSS);
    shelf.near().left(eviction.field(), session.token());
    // Whoever has lost a session opens the next: that takes one round trip less so.
    Token following = cause == RemovalCause.LOST ? Token.random() : null;
    return link.run(Script.EVICT, eviction.shard(), eviction.arguments(following))
        .thenApply(
            reply -> {
              boolean evicted = evicted(eviction, reply);
              if (evicted && following != null) {
                leases.prepare(shelf, session.key(), eviction.field(), following);
              }
              return evicted;
            })
        .exceptionally(
            failure -> {
              postpone(eviction, following);
              return false;
            });
  }

  private void postpone(Pending eviction, @Nullable Token following) {
    if (following != null) {
      leases.disown(eviction.shelf, eviction.field(), following);
    }
    postpone(eviction);
  }

  private void postpone(Pending eviction) {
    if (pending.size() < MAX_PENDING) {
      pending.put(eviction.call, eviction);
    }
    log.debug("The eviction of session {} has to wait for Redis", eviction.session);
  }

  /**
   * Forgets a session that Redis may have stored without an answer, and that is closed anyway; or
   * its lease, where Redis has not.
   */
  void withdraw(SharedShelf shelf, Session session) {
    leases.disown(shelf, Fields.of(session.key()), session.token());
    sendSoon(new Pending(shelf, session, RemovalCause.LOST, Token.random(), News.NONE));
  }

  /** Forgets a session that leaves here, and that Redis may have stored, and others evicted. */
  void settle(SharedShelf shelf, Session session, RemovalCause cause) {
    sendSoon(new Pending(shelf, session, cause, Token.random(), News.LOSS_OR_NEVER_STORED));
  }

  private void sendSoon(Pending eviction) {
    postpone(eviction);
    if (link.isUp()) {
      var unused = sendPending();
    }
  }

  private boolean evicted(Pending eviction, List<Object> reply) {
    boolean evicted = isEvicted(eviction.shard(), reply);
    boolean news =
        evicted
            ? eviction.cause == RemovalCause.LOST && eviction.news != News.NONE
            : eviction.news == News.LOSS_OR_NEVER_STORED && Long.valueOf(0).equals(reply.get(2));
    SessionStore.Listener told = listener;
    if (news && told != null) {
      told.left(eviction.session, eviction.cause);
    }
    return evicted;
  }

  /** Forgets the sessions here whose fields begin so, and openings that nobody has begun yet. */
  private void drop(SharedShelf shelf, String prefix) {
    shelf.near().dropAll(prefix);
    leases.unprepare(shelf, prefix);
  }

  /**
   * What the application evicts must really go, or it must hear that it has not. Dropped here
   * before, as Redis may not answer, and after, as it may have been found meanwhile.
   */
  private static <T> CompletionStage<T> told(
      Runnable drop, Supplier<? extends CompletionStage<T>> eviction) {
    drop.run();
    return eviction
        .get()
        .handle(
            (reply, failure) -> {
              drop.run();
              if (failure != null) {
                throw new RedisConnectionFailureException(
                    "Redis does not answer: only what this process knows was evicted."
                        + " Evict it again",
                    RedisFailures.cause(failure));
              }
              return reply;
            });
  }

  /**
   * Sends what has had to wait; Redis knows by the call's name what it has done already. Completes
   * once it has answered: what it refuses waits on, but holds up nothing else.
   */
  CompletableFuture<?> sendPending() {
    return CompletableFuture.allOf(
        pending.values().stream().map(this::sendAgain).toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<?> sendAgain(Pending late) {
    return link.send(Script.EVICT, late.shard(), late.arguments(null))
        .handle(
            (reply, failure) -> {
              if (failure == null) {
                if (pending.remove(late.call, late)) {
                  evicted(late, reply);
                }
              } else if (!RedisFailures.isRefused(failure)) {
                throw new CompletionException(RedisFailures.cause(failure));
              }
              return late;
            });
  }

  /** Forgets all sessions of a tenant, at all specialists; returns how many. */
  CompletionStage<Integer> evictTenant(SharedShelves shelves, String tenant) {
    int alone = local.store().evictTenant(tenant).toCompletableFuture().join();
    String hash = Fields.ofTenant(tenant);
    Runnable drop = () -> shelves.all().forEach(shelf -> drop(shelf, hash + "."));
    // A slash follows the dot that ends a tenant's hash.
    return told(
            drop,
            () ->
                shelves
                    .allShards()
                    .thenCompose(shards -> evictAll(shards, "[" + hash + ".", "(" + hash + "/")))
        .thenApply(shared -> shared + alone);
  }

  /** Forgets all sessions with a specialist; returns how many. */
  CompletionStage<Integer> evictSpecialist(SharedShelves shelves, String specialist) {
    int alone = local.store().evictSpecialist(specialist).toCompletableFuture().join();
    SharedShelf shelf = shelves.find(specialist);
    Runnable drop = shelf == null ? () -> {} : () -> drop(shelf, "");
    return told(drop, () -> evictAll(shelves.shards(specialist), "-", "+"))
        .thenApply(shared -> shared + alone);
  }

  private CompletionStage<Integer> evictAll(List<Shard> shards, String from, String to) {
    CompletionStage<Integer> all = CompletableFuture.completedFuture(0);
    for (Shard shard : shards) {
      all = all.thenCombine(evictAll(shard, from, to), Integer::sum);
    }
    return all;
  }

  private CompletionStage<Integer> evictAll(Shard shard, String from, String to) {
    return link.run(Script.EVICT_ALL, shard, List.of(from, to, Integer.toString(BATCH)))
        .thenCompose(
            reply -> {
              int evicted = ((Long) reply.get(0)).intValue();
              shard.counted(reply.get(2));
              return (Long) reply.get(1) < BATCH
                  ? CompletableFuture.completedFuture(evicted)
                  : evictAll(shard, from, to).thenApply(more -> evicted + more);
            });
  }

  private static boolean isEvicted(Shard shard, List<Object> reply) {
    shard.counted(reply.get(1));
    return Long.valueOf(1).equals(reply.get(0));
  }
}
