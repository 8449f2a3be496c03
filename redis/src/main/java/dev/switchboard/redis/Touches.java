package dev.switchboard.redis;

import dev.switchboard.session.Session;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells Redis of uses: of the first that completes at once, of the others once in a quarter of the
 * idle time-out, and whenever a session is looked for there anyway.
 */
final class Touches {

  private static final int BATCH = 200;

  private final RedisLink link;

  Touches(RedisLink link) {
    this.link = link;
  }

  /** A use ends. */
  void touch(SharedShelf shelf, Session session) {
    NearCache.Entry entry = shelf.near().entry(session);
    if (entry == null) {
      // Dropped while it was in use, so that nobody would tell later.
      String field = Fields.of(session.key());
      var unused = link.run(Script.TOUCH, shelf.shard(field), arguments(session, field, 0));
    } else if (entry.used()) {
      send(shelf.shard(entry.field()), List.of(entry));
    }
  }

  /** Tells of what is in use, or was since Redis last heard of it, a quarter of the time ago. */
  void sweep(SharedShelf shelf) {
    Duration idleTimeout = shelf.limits().idleTimeout();
    if (idleTimeout == null) {
      return;
    }
    Map<Shard, List<NearCache.Entry>> untold = new LinkedHashMap<>();
    for (NearCache.Entry entry : shelf.near().untold(NearCache.nanosOrMost(idleTimeout) / 4)) {
      untold.computeIfAbsent(shelf.shard(entry.field()), shard -> new ArrayList<>()).add(entry);
    }
    untold.forEach(
        (shard, entries) -> {
          for (int from = 0; from < entries.size(); from += BATCH) {
            send(shard, entries.subList(from, Math.min(from + BATCH, entries.size())));
          }
        });
  }

  private void send(Shard shard, List<NearCache.Entry> entries) {
    List<String> arguments = new ArrayList<>();
    for (NearCache.Entry entry : entries) {
      arguments.addAll(
          arguments(entry.session(), entry.field(), Math.max(0, entry.tell() / 1_000_000)));
    }
    var unused =
        link.run(Script.TOUCH, shard, arguments)
            .whenComplete(
                (reply, failure) -> {
                  if (failure != null) {
                    entries.forEach(NearCache.Entry::untell);
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
