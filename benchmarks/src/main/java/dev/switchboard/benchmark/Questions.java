package dev.switchboard.benchmark;

import static dev.switchboard.benchmark.Claim.ahead;
import static dev.switchboard.benchmark.Claim.atLeast;
import static dev.switchboard.benchmark.Claim.atMost;
import static dev.switchboard.benchmark.Claim.bytes;
import static dev.switchboard.benchmark.Claim.figure;
import static dev.switchboard.benchmark.Claim.seen;

import java.util.List;
import java.util.Set;

/** All questions, in the order of the table, and what the answers should be. */
final class Questions {

  private static final List<Question> ALL =
      List.of(
          new Question(
              "session",
              new Jmh(SessionHitBenchmark.class),
              atMost(1.35, "hit", "switchboard", "handWritten"),
              bytes(160, "hit", "switchboard"),
              ahead(6, "hit", "switchboard", "cacheableOneKey"),
              seen("hit", "switchboard", "cacheableOnlyArgument"),
              seen("hit", "switchboard", "cacheableSyncComposed"),
              seen("hit", "switchboard", "jetCache")),
          new Question(
              "retry",
              new Jmh(RetryBenchmark.class),
              atMost(1.4, "no failure", "switchboard", "handWritten"),
              bytes(200, "no failure", "switchboard"),
              ahead(3, "no failure", "switchboard", "springRetryable"),
              seen("no failure", "switchboard", "springRetry"),
              seen("no failure", "switchboard", "resilience4j"),
              seen("no failure", "switchboard", "failsafe")),
          new Question(
              "failure",
              new Jmh(OneFailureBenchmark.class),
              ahead(1.8, "one failure", "switchboard", "springRetryable"),
              ahead(1.8, "one failure", "switchboard", "springRetry"),
              ahead(1, "one failure (stretch)", "switchboard", "failsafe"),
              seen("one failure", "switchboard", "resilience4j"),
              seen("one failure", "switchboard", "handWritten")),
          new Question(
              "both",
              new Jmh(BothBenchmark.class),
              atMost(1.35, "no failure", "switchboard", "handWritten"),
              bytes(300, "no failure", "switchboard"),
              ahead(7, "no failure", "switchboard", "cacheableAndRetryable"),
              atMost(1.8, "with SimpleMeterRegistry", "metered", "switchboard")),
          new Question(
              "expression",
              new Jmh(ExpressionKeyBenchmark.class),
              atMost(1.6, "@Tenant(\"tenant.id\")", "expression", "parameter")),
          new Question(
              "threads",
              new Jmh(ScalingBenchmark.class, List.of(1, 2)),
              scaling("ManyKeys", "two threads, many keys"),
              scaling("HotKey", "two threads, one key")),
          new Question(
              "memory",
              new Program(
                  Memory.class,
                  List.of("-Xmx2g", "-XX:+UseSerialGC"),
                  List.of("switchboard", "caffeine", "map")),
              atMost(1.25, "bytes an entry, key and id included", "switchboard", "caffeine"),
              seen("bytes an entry, key and id included", "switchboard", "map")),
          new Question(
              "crowd",
              new Program(
                  Crowd.class, List.of(), List.of("switchboard", "cacheableSync", "cacheable")),
              crowd(1.3, "one key"),
              crowd(1.3, "one key, failing"),
              crowd(1.5, "64 keys"),
              figure(1, "openings", "switchboard one key, openings a key", "one"),
              figure(1, "openings", "switchboard one key, failing, openings a key", "one"),
              seen("one key", "switchboard one key", "cacheable one key"),
              seen("one key", "switchboard one key", "cacheableSync one key"),
              seen(
                  "one key, failing",
                  "switchboard one key, failing",
                  "cacheableSync one key, failing")),
          new Question(
              "conversations",
              new Program(
                  Conversations.class,
                  List.of("-Xms1g"),
                  List.of("switchboard 1", "switchboard 2", "handWritten 1", "handWritten 2")),
              figure(2, "broken, 1 thread", "switchboard 1, broken", "exact LRU"),
              figure(2, "broken, 2 threads", "switchboard 2, broken", "exact LRU"),
              seen("broken, 1 thread", "switchboard 1, broken", "handWritten 1, broken"),
              atMost(
                  1.35, "a following message", "switchboard 1, message", "handWritten 1, message"),
              atMost(
                  1.35,
                  "a following message, 2 threads",
                  "switchboard 2, message",
                  "handWritten 2, message")),
          new Question(
              "redis",
              new Jmh(RedisBenchmark.class),
              atMost(1.5, "near hit", "near", "local"),
              atMost(1.25, "remote hit", "remote", "get"),
              seen("remote hit, never seen here", "unseen", "get")),
          new Question(
              "roundtrips",
              new Program(RoundTrips.class, List.of(), List.of("all")),
              figure(0.05, "commands of a near hit", "near", "none"),
              figure(1.05, "commands of a remote hit", "remote", "one"),
              figure(3.05, "commands of an opening", "opened", "two, and one after")),
          new Question(
              "startup",
              new Startup(),
              atMost(1, "1,000 methods, time", "switchboard time", "spring time"),
              atMost(1, "1,000 methods, heap", "switchboard heap", "spring heap"),
              atMost(1.1, "none annotated, time", "unused time", "without time"),
              atMost(1.1, "none annotated, heap", "unused heap", "without heap")),
          new Question(
              "growth",
              new Jmh(GrowthBenchmark.class),
              atMost(1.6, "hit among 1,000,000", "hit 1000000", "hit 1000"),
              seen("hit among 1,000,000", "hit 1000000", "handWrittenHit 1000000"),
              seen("bare map among 1,000,000", "hit 1000", "bareHit 1000000"),
              seen("hit of 1,000 busy among 1,000,000", "busyHit 1000000", "hit 1000"),
              atMost(
                  1.6, "evict a tenant", "openAndEvictTenant 1000000", "openAndEvictTenant 1000")));

  private Questions() {}

  /** Those named, or all where none is. */
  static List<Question> named(Set<String> names) {
    List<String> known = ALL.stream().map(Question::name).toList();
    if (!known.containsAll(names)) {
      throw new IllegalArgumentException("The questions are " + known);
    }
    return names.isEmpty() ? ALL : ALL.stream().filter(q -> names.contains(q.name())).toList();
  }

  /** How long until all of a crowd are served, beside one opening. */
  private static Claim crowd(double limit, String what) {
    return figure(limit, what, "switchboard " + what, "one opening");
  }

  /** How much faster two threads are than one, beside the same of what is written by hand. */
  private static Claim scaling(String keys, String what) {
    return atLeast(
        0.9,
        what,
        "switchboard",
        "handWritten",
        figures -> gain(figures, "switchboard" + keys) / gain(figures, "handWritten" + keys));
  }

  private static double gain(Figures figures, String name) {
    return 2 * figures.get(name + " 1t") / figures.get(name + " 2t");
  }
}
