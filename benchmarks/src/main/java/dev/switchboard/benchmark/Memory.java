package dev.switchboard.benchmark;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Bytes of heap an entry, key and id included, in use after a collection, at 1,000,000. */
final class Memory {

  private static final int ENTRIES = 1_000_000;

  private Memory() {}

  public static void main(String[] args) {
    switch (args[0]) {
      case "switchboard" -> sessions(args[0]);
      case "caffeine" -> caffeine(args[0]);
      default -> map(args[0]);
    }
  }

  private static void sessions(String name) {
    SessionSettings settings =
        SessionSettings.builder()
            .defaults(new SpecialistSettings(Duration.ofHours(8), Duration.ofMinutes(30), ENTRIES))
            .build();
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("desk", Ids::of).settings(settings).build()) {
      measure(
          name,
          key -> sessions.call(key, SessionPolicy.DEFAULT, SessionContext::isFresh),
          sessions);
    }
  }

  /** Bounded as sessions are. */
  private static void caffeine(String name) {
    Cache<SessionKey, String> ids =
        Caffeine.newBuilder()
            .maximumSize(ENTRIES)
            .expireAfterWrite(Duration.ofHours(8))
            .expireAfterAccess(Duration.ofMinutes(30))
            .build();
    measure(name, key -> ids.get(key, Ids::of), ids);
  }

  private static void map(String name) {
    Map<SessionKey, String> ids = new ConcurrentHashMap<>();
    measure(name, key -> ids.computeIfAbsent(key, Ids::of), ids);
  }

  private static void measure(String name, Function<SessionKey, ?> open, Object kept) {
    Object first = open.apply(SessionKey.of("desk", "first"));
    long before = Heap.used();
    for (int i = 1; i < ENTRIES; i++) {
      var unused = open.apply(SessionKey.of("desk", "tenant-" + i));
    }
    try {
      System.out.println(name + "=" + (double) (Heap.used() - before) / (ENTRIES - 1));
    } finally {
      Reference.reachabilityFence(first);
      Reference.reachabilityFence(kept);
    }
  }
}
