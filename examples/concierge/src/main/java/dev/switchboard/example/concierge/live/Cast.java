package dev.switchboard.example.concierge.live;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The made-up tenants who visit the concierge; the only ones whom the page may name. */
final class Cast {

  private static final List<String> FIRST = List.of("acme", "globex", "initech");

  private static final List<String> ADJECTIVES =
      List.of(
          "amber", "brisk", "calm", "deft", "early", "fond", "grand", "humble", "ivory", "jolly",
          "keen", "lucid", "merry", "noble", "olive", "proud", "quiet", "rapid", "solid", "tidy");

  /** As many as share no divisor with the adjectives, so that all pairs come before one repeats. */
  private static final List<String> NOUNS =
      List.of(
          "otter", "heron", "maple", "harbor", "lantern", "meadow", "comet", "anvil", "falcon",
          "pebble", "marble", "cedar", "walrus", "violin", "garnet", "saddle", "thistle", "beacon",
          "kettle");

  private static final List<String> NAMES =
      IntStream.range(0, ADJECTIVES.size() * NOUNS.size())
          .mapToObj(n -> ADJECTIVES.get(n % ADJECTIVES.size()) + "-" + NOUNS.get(n % NOUNS.size()))
          .collect(Collectors.toUnmodifiableList());

  private static final Set<String> ALL =
      Set.copyOf(IntStream.range(0, size()).mapToObj(Cast::name).toList());

  private Cast() {}

  static int size() {
    return FIRST.size() + NAMES.size();
  }

  /** The tenant of this number; beyond the last comes the first. */
  static String name(int number) {
    int n = Math.floorMod(number, size());
    return n < FIRST.size() ? FIRST.get(n) : NAMES.get(n - FIRST.size());
  }

  static boolean has(String tenant) {
    return ALL.contains(tenant);
  }
}
