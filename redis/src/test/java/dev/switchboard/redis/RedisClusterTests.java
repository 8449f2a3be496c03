package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.session.SessionKey;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.connection.RedisClusterConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** Redis Cluster refuses scripts whose keys are not in one slot, even with one node. */
class RedisClusterTests {

  private static final List<SessionKey> KEYS =
      IntStream.range(0, 20)
          .mapToObj(i -> Instance.key(i < 10 ? "acme" : "globex", "" + i))
          .toList();

  private static RedisServerProcess server;

  private final MemorySpecialist specialist = new MemorySpecialist();

  @BeforeAll
  static void startServer() {
    server = RedisServerProcess.start("--cluster-enabled", "yes");
    server.command("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await().until(() -> ("" + server.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  private Instance start(int buckets) {
    RedisClusterConfiguration cluster =
        new RedisClusterConfiguration(List.of("127.0.0.1:" + server.port()));
    return Instance.start(
        specialist,
        Instance.patient(RedisSessionStore.builder(new LettuceConnectionFactory(cluster)))
            .closeGrace(Duration.ZERO)
            .buckets(buckets)
            .namespace("buckets-" + buckets));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void sessionsLiveAsInOneServer(int buckets) {
    try (Instance one = start(buckets);
        Instance another = start(buckets)) {
      await().until(() -> one.isShared() && another.isShared());
      Set<String> ids = new HashSet<>();
      for (SessionKey key : KEYS) {
        String id = one.ask(key);
        assertThat(another.ask(key)).isEqualTo(id);
        ids.add(id);
      }
      assertThat(ids).hasSize(20);
      String lost = one.ask(KEYS.get(0));
      specialist.sessions().forget(lost);
      String next = one.ask(KEYS.get(0));
      assertThat(next).isNotEqualTo(lost);
      await().until(() -> !another.knows(KEYS.get(0)));
      assertThat(another.ask(KEYS.get(0))).isEqualTo(next);
      assertThat(another.sessions.evict(KEYS.get(1))).isTrue();
      assertThat(one.sessions.evictTenant("acme")).isEqualTo(9);
      assertThat(another.sessions.evictSpecialist(Instance.SPECIALIST)).isEqualTo(10);
      await().untilAsserted(() -> assertThat(specialist.sessions().closed()).hasSize(20));
      assertThat(specialist.sessions().known()).isEmpty();
      assertThat(one.counts().live() + another.counts().live()).isZero();
      assertThat(((List<?>) server.command("KEYS", "*buckets-" + buckets + ":*:gone")))
          .hasSize(buckets + 1);
    }
  }

  @Test
  void fewerSessionsThanBucketsAreRefused() {
    try (Instance one = start(1024)) {
      assertThatThrownBy(() -> one.ask(KEYS.get(0)))
          .isInstanceOf(InvalidDeclarationException.class)
          .hasMessageEndingWith(
              "maxSize must be at least the number of buckets in Redis, 1024, but was 1000");
    }
  }
}
