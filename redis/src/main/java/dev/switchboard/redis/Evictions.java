package dev.switchboard.redis;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
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

  private record Pending(SharedShelf shelf, Session session, RemovalCause cause) {}

  Evictions(RedisLink link, Leases leases, LocalSessions local) {
    this.link = link;
    this.leases = leases;
    this.local = local;
  }

  void start(SessionStore.Listener told) {
    listener = told;
  }

  /** Forgets whichever session the key has, and voids its opening. */
  CompletionStage<Boolean> evict(SharedShelf shelf, SessionKey key, RemovalCause cause) {
    boolean alone = local.evict(key, null, cause);
    shelf.near().drop(key);
    String field = Fields.of(key);
    String call = StoredSession.text(Token.random());
    return told(link.run(
            Script.EVICT,
            shelf.shard(field),
            List.of(field, "", cause.name(), call, "", Leases.LEASE_MILLIS)))
        .thenApply(reply -> isOne(reply.get(0)) || alone);
  }

  /** Forgets exactly this session, now or once Redis answers again. */
  CompletionStage<Boolean> evict(SharedShelf shelf, Session session, RemovalCause cause) {
    if (local.evict(session.key(), session.token(), cause)) {
      return CompletableFuture.completedFuture(true);
    }
    shelf.near().drop(session);
    return send(shelf, session, cause, true)
        .exceptionally(
            failure -> {
              if (pending.size() < MAX_PENDING) {
                pending.put(session.token(), new Pending(shelf, session, cause));
              }
              log.debug("The eviction of session {} has to wait for Redis", session);
              return false;
            });
  }

  /** What the application evicts must really go, or it must hear that it has not. */
  private static <T> CompletionStage<T> told(CompletionStage<T> eviction) {
    return eviction.exceptionally(
        failure -> {
          throw new RedisConnectionFailureException(
              "Redis does not answer: only what this process knows was evicted. Evict it again",
              RedisLink.cause(failure));
        });
  }

  private CompletableFuture<Boolean> send(
      SharedShelf shelf, Session session, RemovalCause cause, boolean forCaller) {
    String field = Fields.of(session.key());
    boolean lost = cause == RemovalCause.LOST;
    // Whoever has lost a session opens the next: that takes one round trip less so.
    Token following = lost && forCaller ? Token.random() : null;
    List<String> arguments =
        List.of(
            field,
            StoredSession.text(session.token()),
            cause.name(),
            StoredSession.text(Token.random()),
            following == null ? "" : StoredSession.text(following),
            Leases.LEASE_MILLIS);
    Shard shard = shelf.shard(field);
    return (forCaller
            ? link.run(Script.EVICT, shard, arguments)
            : link.send(Script.EVICT, shard, arguments))
        .thenApply(
            reply -> {
              boolean evicted = isOne(reply.get(0));
              SessionStore.Listener told = listener;
              if (evicted && lost && told != null) {
                told.left(session, RemovalCause.LOST);
              }
              if (evicted && following != null) {
                leases.prepare(shelf, session.key(), field, following);
              }
              return evicted;
            });
  }

  /** Sends what has had to wait. */
  CompletableFuture<?> sendPending() {
    return CompletableFuture.allOf(
        pending.values().stream()
            .map(
                late ->
                    send(late.shelf, late.session, late.cause, false)
                        .thenAccept(sent -> pending.remove(late.session.token(), late)))
            .toArray(CompletableFuture[]::new));
  }

  /** Forgets all sessions of a tenant, at all specialists; returns how many. */
  CompletionStage<Integer> evictTenant(SharedShelves shelves, String tenant) {
    int alone = local.store().evictTenant(tenant).toCompletableFuture().join();
    String hash = Fields.ofTenant(tenant);
    shelves.all().forEach(shelf -> shelf.near().dropAll(hash + "."));
    // A slash follows the dot that ends a tenant's hash.
    return told(shelves
            .allShards()
            .thenCompose(shards -> evictAll(shards, "[" + hash + ".", "(" + hash + "/")))
        .thenApply(shared -> shared + alone);
  }

  /** Forgets all sessions with a specialist; returns how many. */
  CompletionStage<Integer> evictSpecialist(@Nullable SharedShelf shelf, String specialist) {
    int alone = local.store().evictSpecialist(specialist).toCompletableFuture().join();
    if (shelf == null) {
      return CompletableFuture.completedFuture(alone);
    }
    shelf.near().dropAll("");
    return told(evictAll(shelf.shards(), "-", "+")).thenApply(shared -> shared + alone);
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
              return (Long) reply.get(1) < BATCH
                  ? CompletableFuture.completedFuture(evicted)
                  : evictAll(shard, from, to).thenApply(more -> evicted + more);
            });
  }

  private static boolean isOne(Object reply) {
    return Long.valueOf(1).equals(reply);
  }
}
