package dev.switchboard.example.concierge;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.switchboard.session.SessionKey;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** The last lines of every conversation, for a specialist that knows nothing yet. Bounded. */
@Component
class History {

  private static final int LINES = 6;

  private final Cache<SessionKey, List<String>> lines =
      Caffeine.newBuilder().maximumSize(5000).expireAfterAccess(Duration.ofHours(8)).build();

  List<String> of(SessionKey key) {
    List<String> known = lines.getIfPresent(key);
    return known == null ? List.of() : known;
  }

  void add(SessionKey key, String message, String reply) {
    List<String> turn =
        List.of("user: " + Prompts.shortened(message), "you: " + Prompts.shortened(reply));
    lines.asMap().merge(key, turn, History::latest);
  }

  private static List<String> latest(List<String> before, List<String> turn) {
    return Stream.concat(before.stream(), turn.stream())
        .skip(Math.max(0, before.size() + turn.size() - LINES))
        .toList();
  }

  void forget(String tenant) {
    lines.asMap().keySet().removeIf(key -> tenant.equals(key.tenant()));
  }
}
