package dev.switchboard.redis;

import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionStore;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** Stores sessions in Redis: what an opening has brought, and what was opened without Redis. */
final class Publications {

  private final RedisLink link;
  private final KnownSessions known;
  private final LocalSessions local;
  private final Reaper reaper;
  private final Evictions evictions;
  private final boolean failing;

  /**
   * Creates the way in.
   *
   * @param failing whether a session that Redis does not take is refused instead of kept here
   */
  Publications(
      RedisLink link,
      KnownSessions known,
      LocalSessions local,
      Reaper reaper,
      Evictions evictions,
      boolean failing) {
    this.link = link;
    this.known = known;
    this.local = local;
    this.reaper = reaper;
    this.evictions = evictions;
    this.failing = failing;
  }

  /**
   * Stores a session unless another was first, and returns the one that the key has then. Fails
   * with a {@link SessionOpenException} where the session may not be stored any more.
   */
  CompletableFuture<Session> send(SharedShelf shelf, Session opened) {
    int flushes = shelf.near().flushes();
    return publish(shelf, opened).thenApply(reply -> read(shelf, opened, reply, flushes));
  }

  private CompletableFuture<List<Object>> publish(SharedShelf shelf, Session opened) {
    String field = Fields.of(opened.key());
    known.add(opened);
    return link.run(
        Script.PUBLISH,
        shelf.shard(field),
        List.of(
            field,
            StoredSession.text(opened.token()),
            opened.isUsed() ? "U" : "F",
            opened.isLearned() ? "L" : "O",
            Long.toString(known.ageMillis(opened)),
            known.payload(opened)));
  }

  private Session read(SharedShelf shelf, Session opened, List<Object> reply, int flushes) {
    SessionKey key = opened.key();
    String field = Fields.of(key);
    switch (Shard.text(reply.get(0))) {
      case "PUBLISHED" -> {
        Shard shard = shelf.shard(field);
        shard.counted(reply.get(1));
        if (shard.isOverfull()) {
          var unused = reaper.trim(shelf, shard);
        }
        return opened;
      }
      case "FOUND" -> {
        Session winner = known.read(key, (byte[]) reply.get(1), (Long) reply.get(2));
        if (winner == null) {
          throw RemoteClaims.failure(key, "what Redis keeps for it cannot be read");
        }
        shelf.near().put(winner, field, winner.isUsed(), flushes);
        return winner;
      }
      default -> throw RemoteClaims.failure(key, "it was evicted meanwhile");
    }
  }

  /** Whether Redis had stored the session before, so that its leaving is told from there. */
  private static boolean hasGone(List<Object> reply) {
    return switch (Shard.text(reply.get(0))) {
      case "GONE" -> true;
      case "FOUND" -> Long.valueOf(1).equals(reply.get(3));
      default -> false;
    };
  }

  /** Stores what an opening has brought; in this process where Redis does not answer. */
  CompletionStage<Session> publish(
      SharedShelf shelf, Session opened, SessionStore.Listener listener) {
    int flushes = shelf.near().flushes();
    return send(shelf, opened)
        .handle(
            (winner, failure) -> {
              if (failure == null) {
                if (winner == opened) {
                  listener.entered(opened);
                  remember(shelf, opened, flushes);
                }
                return CompletableFuture.completedFuture(winner);
              }
              Throwable cause = RedisFailures.cause(failure);
              if (cause instanceof SessionOpenException) {
                return CompletableFuture.<Session>failedFuture(cause);
              }
              if (failing) {
                evictions.withdraw(shelf, opened);
                return CompletableFuture.<Session>failedFuture(
                    RemoteClaims.unreachable(opened.key()));
              }
              return local.publish(opened, RedisFailures.wasSent(cause));
            })
        .thenCompose(winner -> winner);
  }

  private static void remember(SharedShelf shelf, Session session, int flushes) {
    shelf.near().put(session, Fields.of(session.key()), session.isUsed(), flushes);
  }

  /**
   * Shares a session that was opened while Redis did not answer, and returns the one to use: this,
   * another process's, or null where this was evicted by another process.
   */
  CompletionStage<@Nullable Session> share(SharedShelf shelf, Session alone) {
    int flushes = shelf.near().flushes();
    return publish(shelf, alone)
        .handle(
            (reply, failure) -> {
              if (failure == null) {
                return settle(shelf, alone, reply, flushes);
              }
              if (RedisFailures.wasSent(failure)) {
                local.doubt(alone);
              }
              return alone;
            });
  }

  private @Nullable Session settle(
      SharedShelf shelf, Session alone, List<Object> reply, int flushes) {
    Session winner;
    try {
      winner = read(shelf, alone, reply, flushes);
    } catch (SessionOpenException refused) {
      winner = null;
    }
    if (winner == alone) {
      local.move(alone);
      remember(shelf, alone, flushes);
    } else if (hasGone(reply)) {
      local.move(alone);
    } else {
      local.drop(alone);
    }
    return winner;
  }
}
