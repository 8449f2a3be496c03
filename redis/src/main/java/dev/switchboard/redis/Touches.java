package dev.switchboard.redis;

import dev.switchboard.session.Session;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells Redis of uses: of the first that completes at once, of the others once in a quarter of the
 * idle time-out, and within a second whenever Redis has been asked for the session.
 */
final class Touches {

  private static final int BATCH = 200;

  private final RedisLink link;

  Touches(RedisLink link) {
    this.link = link;
  }

  /** A use ends. */
  void touch(SharedShelf shelf, Session session) {
    SeenSession entry = shelf.near().entry(session);
    if (entry == null) {
      // Dropped while it was in use, so that nobody would tell later.
      String field = Fields.of(session.key());
      var unused = link.run(Script.TOUCH, shelf.shard(field), arguments(session, field, 0));
    } else if (shelf.near().used(entry)) {
      send(shelf.shard(entry.field()), List.of(entry));
    }
  }

  /** Tells of what is in use, or was since Redis last heard of it, a quarter of the time ago. */
  void sweep(SharedShelf shelf) {
    long quarter = NearCache.nanosOrMost(shelf.limits().idleTimeout()) / 4;
    Map<Shard, List<SeenSession>> untold = new LinkedHashMap<>();
    for (SeenSession entry : shelf.near().untold(quarter)) {
      untold.computeIfAbsent(shelf.shard(entry.field()), shard -> new ArrayList<>()).add(entry);
    }
    untold.forEach(
        (shard, entries) -> {
          for (int from = 0; from < entries.size(); from += BATCH) {
            send(shard, entries.subList(from, Math.min(from + BATCH, entries.size())));
          }
        });
  }

  private void send(Shard shard, List<SeenSession> entries) {
    List<String> arguments = new ArrayList<>();
    for (SeenSession entry : entries) {
      arguments.addAll(
          arguments(entry.session(), entry.field(), Math.max(0, entry.tell() / 1_000_000)));
    }
    var unused =
        link.run(Script.TOUCH, shard, arguments)
            .whenComplete(
                (reply, failure) -> {
                  if (failure != null) {
                    entries.forEach(SeenSession::untell);
                  }
                });
  }

  private static List<String> arguments(Session session, String field, long ageMillis) {
    return List.of(
        field,
        StoredSession.text(session.token()),
        Long.toString(ageMillis),
        session.isUsed() ? "U" : "F");
  }
}
