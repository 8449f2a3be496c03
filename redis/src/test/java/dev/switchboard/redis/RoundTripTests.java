package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionKey;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a call costs at Redis. What goes on by itself every second is not counted. */
class RoundTripTests {

  private static final SessionKey ACME = Instance.key("acme");

  private static RedisServerProcess server;

  private final MemorySpecialist specialist = new MemorySpecialist();
  private TcpProxy proxy;
  private Instance one;
  private Instance another;

  @BeforeAll
  static void startServer() {
    server = RedisServerProcess.start();
  }

  @AfterAll
  static void stopServer() {
    server.close();
  }

  @BeforeEach
  void startInstances() {
    server.command("FLUSHALL");
    proxy = TcpProxy.to(server);
    one = patient();
    another = patient();
    // So that the server has every script, and both have told it of their specialist.
    one.ask(Instance.key("globex"));
    await().untilAsserted(() -> assertThat(proxy.scripts()).containsEntry(Script.TOUCH, 1));
    another.ask(Instance.key("globex"));
    another.sessions.evict(Instance.key("globex"));
    await()
        .until(
            () -> {
              another.store.maintain().join();
              return new StoredContent(server).closing() == 0;
            });
    proxy.forgetCommands();
  }

  private Instance patient() {
    return Instance.start(
        proxy.port(), specialist, store -> store.commandTimeout(Duration.ofSeconds(30)));
  }

  @AfterEach
  void stopInstances() {
    one.close();
    another.close();
    proxy.close();
  }

  /** What callers have waited for. */
  private Map<Script, Integer> waitedFor() {
    Map<Script, Integer> scripts = proxy.scripts();
    scripts.keySet().removeAll(Set.of(Script.REAP, Script.TOUCH));
    return scripts;
  }

  @Test
  void openingTakesTwo() {
    one.ask(ACME);
    assertThat(waitedFor()).isEqualTo(Map.of(Script.ACQUIRE, 1, Script.PUBLISH, 1));
    // In the background, once a session: that it is fresh no more.
    await().untilAsserted(() -> assertThat(proxy.scripts()).containsEntry(Script.TOUCH, 1));
    assertThat(proxy.commands().keySet()).isSubsetOf("EVALSHA", "SADD");
  }

  @Test
  void whatOtherProcessesHaveOpenedTakesOneAndThenNone() {
    String id = one.ask(ACME);
    await().untilAsserted(() -> assertThat(proxy.scripts()).containsEntry(Script.TOUCH, 1));
    proxy.forgetCommands();
    server.command("CONFIG", "RESETSTAT");
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(waitedFor()).isEqualTo(Map.of(Script.ACQUIRE, 1));
    for (int i = 0; i < 100; i++) {
      assertThat(another.ask(ACME)).isEqualTo(id);
      assertThat(one.ask(ACME)).isEqualTo(id);
    }
    assertThat(waitedFor()).isEqualTo(Map.of(Script.ACQUIRE, 1));
    assertThat(proxy.scripts()).doesNotContainKey(Script.TOUCH);
    // No lease was taken, not even for a moment: leases are fields of a hash.
    assertThat("" + server.command("INFO", "commandstats"))
        .contains("cmdstat_evalsha")
        .doesNotContain("cmdstat_hset");
  }

  @Test
  void reopeningTakesTwo() {
    String id = one.ask(ACME);
    await().untilAsserted(() -> assertThat(proxy.scripts()).containsEntry(Script.TOUCH, 1));
    proxy.forgetCommands();
    specialist.sessions().forget(id);
    assertThat(one.ask(ACME)).isNotEqualTo(id);
    assertThat(waitedFor()).isEqualTo(Map.of(Script.EVICT, 1, Script.PUBLISH, 1));
    assertThat(new StoredContent(server).leases()).isZero();
  }

  @Test
  void evictionTakesOne() {
    one.ask(ACME);
    proxy.forgetCommands();
    assertThat(another.sessions.evict(ACME)).isTrue();
    assertThat(waitedFor()).isEqualTo(Map.of(Script.EVICT, 1));
  }

  @Test
  void serverThatHasForgottenTheScriptsGetsThemAgain() {
    server.command("SCRIPT", "FLUSH");
    String id = one.ask(ACME);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(one.isShared()).isTrue();
    assertThat(proxy.commands()).containsKey("EVAL");
    assertThat(specialist.sessions().openedFor(HttpSpecialist.text(ACME))).containsOnly(id);
    assertThat(proxy.scripts()).containsEntry(Script.ACQUIRE, 2);
  }
}
