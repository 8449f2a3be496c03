package dev.switchboard.redis;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes from Redis what has to be closed, whichever process has opened it, and lets the engine
 * close it. What has not been closed two minutes later is handed out again, to any process.
 */
final class Reaper {

  private static final Logger log = LoggerFactory.getLogger(Reaper.class);
  private static final String HAND_OUT_MILLIS = "120000";
  private static final int BATCH = 100;
  private static final Set<String> CAUSES =
      Stream.of(RemovalCause.values()).map(Enum::name).collect(Collectors.toUnmodifiableSet());
  private static final int MAX_ROUNDS = 100;

  private final RedisLink link;
  private final KnownSessions known;
  private final Map<Token, Reaped> reaped = new ConcurrentHashMap<>();
  private final Map<Token, Shard> closed = new ConcurrentHashMap<>();
  private volatile SessionStore.@Nullable Listener listener;

  private record Reaped(Shard shard, Session session) {}

  Reaper(RedisLink link, KnownSessions known) {
    this.link = link;
    this.known = known;
  }

  void start(SessionStore.Listener told) {
    listener = told;
  }

  /** Takes what is due at this specialist, and lets its surplus leave. */
  CompletableFuture<?> reap(SharedShelf shelf) {
    return CompletableFuture.allOf(
        shelf.shards().stream()
            .map(shard -> reap(shelf, shard, MAX_ROUNDS))
            .toArray(CompletableFuture[]::new));
  }

  private CompletableFuture<List<Object>> reap(SharedShelf shelf, Shard shard, int rounds) {
    return link.run(Script.REAP, shard, List.of(HAND_OUT_MILLIS, Integer.toString(BATCH)))
        .thenCompose(
            reply -> {
              for (int i = 2; i + 2 < reply.size(); i += 3) {
                String cause = Shard.text(reply.get(i + 1));
                take(shelf, shard, Shard.text(reply.get(i)), cause, (byte[]) reply.get(i + 2));
              }
              shard.counted(reply.get(0));
              CompletableFuture<List<Object>> trimmed =
                  shard.isOverfull()
                      ? trim(shelf, shard)
                      : CompletableFuture.completedFuture(reply);
              boolean more = (Long) reply.get(1) > 0;
              return trimmed.thenCompose(
                  done ->
                      (more || shard.isOverfull()) && rounds > 0
                          ? reap(shelf, shard, rounds - 1)
                          : CompletableFuture.completedFuture(done));
            });
  }

  /**
   * Lets the least recently used leave, those that are in use here last; no more at once than Redis
   * can do between two calls, so that what is left of a great surplus leaves when it is reaped.
   */
  CompletableFuture<List<Object>> trim(SharedShelf shelf, Shard shard) {
    Stream<String> busy =
        shelf.near().inUse().stream()
            .map(SeenSession::field)
            .filter(field -> shelf.shard(field) == shard);
    List<String> arguments = Stream.concat(Stream.of(Integer.toString(BATCH)), busy).toList();
    return link.run(Script.TRIM, shard, arguments)
        .thenApply(
            reply -> {
              shard.counted(reply.get(0));
              return reply;
            });
  }

  private void take(SharedShelf shelf, Shard shard, String token, String cause, byte[] record) {
    SessionStore.Listener told = listener;
    Session session = known.readAny(shelf.specialist(), record);
    if (session == null
        || !StoredSession.text(session.token()).equals(token)
        || !CAUSES.contains(cause)) {
      log.warn(
          "A session of specialist '{}' cannot be read and stays open there", shelf.specialist());
      var unused = close(shard, token);
    } else if (told != null
        && !closed.containsKey(session.token())
        && reaped.putIfAbsent(session.token(), new Reaped(shard, session)) == null) {
      shelf.near().drop(session);
      told.left(session, RemovalCause.valueOf(cause));
    }
  }

  /** The engine has closed the session, or given that up for good. */
  void closed(Session session) {
    Reaped done = reaped.remove(session.token());
    if (done != null) {
      closed.put(session.token(), done.shard);
      tellClosed(session.token(), done.shard);
    }
  }

  /** Tells again what has been closed and Redis has not heard. */
  void tellClosed() {
    closed.forEach(this::tellClosed);
  }

  private void tellClosed(Token token, Shard shard) {
    var unused = close(shard, StoredSession.text(token)).thenRun(() -> closed.remove(token));
  }

  private CompletableFuture<?> close(Shard shard, String token) {
    return link.run(Script.CLOSED, shard, List.of(token));
  }
}
