package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.data.redis.RedisConnectionFailureException;

/** Redis is away: at startup, and where calls shall fail then. */
class RedisAwayTests {

  private static final SessionKey KNOWN = Instance.key("known");
  private static final SessionKey UNKNOWN = Instance.key("unknown");

  private final MemorySpecialist specialist = new MemorySpecialist();
  private final RedisServerProcess server = RedisServerProcess.start();
  private TcpProxy proxy;

  @BeforeEach
  void start() {
    proxy = TcpProxy.to(server);
  }

  @AfterEach
  void stop() {
    proxy.close();
    server.close();
  }

  private Instance impatient() {
    return Instance.start(
        proxy.port(), specialist, store -> store.connectTimeout(Duration.ofMillis(300)));
  }

  private Instance failing() {
    return Instance.start(
        proxy.port(),
        specialist,
        store -> store.onFailure(RedisSessionStoreBuilder.OnFailure.FAIL));
  }

  /** Answers the first probe later than the command time-out. */
  private static String slowAtFirst(String script) {
    return script.replace(
        "gone('probe')",
        "if redis.call('INCR', 'probes') == 1 then for i = 1, 2e7 do end end gone('probe')");
  }

  @ConcurrentTest
  void startupWaitsForARedisThatIsSlowAtFirst() {
    try (Instance one =
        Instance.start(
            server.port(),
            specialist,
            store ->
                store
                    .commandTimeout(Duration.ofMillis(20))
                    .connectTimeout(Duration.ofMinutes(1))
                    .scripts(RedisAwayTests::slowAtFirst))) {
      assertThat(one.isShared()).isTrue();
    }
  }

  private void startsAloneAndIsSharedLater() {
    try (Instance one = impatient();
        Instance other = Instance.start(server.port(), specialist)) {
      assertThat(one.isShared()).isFalse();
      String alone = one.ask(KNOWN);
      assertThat(one.ask(KNOWN)).isEqualTo(alone);
      String first = other.ask(UNKNOWN);
      assertThat(one.ask(UNKNOWN)).isNotEqualTo(first);
      proxy.pass();
      await().until(one::isShared);
      assertThat(one.ask(KNOWN)).isEqualTo(alone);
      assertThat(other.ask(KNOWN)).isEqualTo(alone);
      assertThat(one.ask(UNKNOWN)).isEqualTo(first);
      await().untilAsserted(() -> assertThat(specialist.sessions().closed()).hasSize(1));
      assertThat(specialist.sessions().known()).containsExactlyInAnyOrder(alone, first);
    }
  }

  @ConcurrentTest
  void startsWhereConnectionsAreRefused() {
    proxy.refuse();
    startsAloneAndIsSharedLater();
  }

  @ConcurrentTest
  void startsWhereNothingAnswers() {
    proxy.blackhole();
    startsAloneAndIsSharedLater();
  }

  @ConcurrentTest
  void startsWhereTheServerRefusesToWork() {
    server.command("CONFIG", "SET", "min-replicas-to-write", "1");
    try (Instance one = impatient()) {
      assertThat(one.isShared()).isFalse();
      String alone = one.ask(KNOWN);
      server.command("CONFIG", "SET", "min-replicas-to-write", "0");
      await().until(one::isShared);
      assertThat(one.ask(KNOWN)).isEqualTo(alone);
    }
  }

  @ConcurrentTest
  void whatWasOpenedAloneIsClosedWhenItStops() {
    proxy.refuse();
    Instance one = impatient();
    String alone = one.ask(KNOWN);
    one.close();
    assertThat(specialist.sessions().closed()).containsOnlyKeys(alone);
  }

  @ConcurrentTest
  void callsOfUnknownKeysFailWhereTheyShall() {
    try (Instance one = failing()) {
      String known = one.ask(KNOWN);
      proxy.refuse();
      await()
          .untilAsserted(
              () ->
                  assertThatThrownBy(() -> one.ask(UNKNOWN))
                      .isInstanceOf(SessionOpenException.class)
                      .hasMessage("No session of specialist 'crm-desk': Redis cannot be reached"));
      await().until(() -> !isSharedAfterCall(one));
      assertThatThrownBy(() -> one.ask(UNKNOWN))
          .isInstanceOf(SessionOpenException.class)
          .hasMessage("No session of specialist 'crm-desk': Redis cannot be reached");
      assertThat(one.ask(KNOWN)).isEqualTo(known);
      assertThat(specialist.sessions().opened()).containsExactly(known);
      proxy.pass();
      await().until(one::isShared);
      one.ask(UNKNOWN);
      assertThat(one.ask(KNOWN)).isEqualTo(known);
    }
  }

  private static boolean isSharedAfterCall(Instance one) {
    assertThatThrownBy(() -> one.ask(UNKNOWN)).isInstanceOf(SessionOpenException.class);
    return one.isShared();
  }

  /** The opening has succeeded, but whether Redis has stored it is not known. */
  @ParameterizedTest
  @Execution(ExecutionMode.CONCURRENT)
  @ValueSource(booleans = {true, false})
  void sessionThatCouldNotBeStoredForSureIsNotServedToOthers(boolean stored) {
    if (stored) {
      server.command("SCRIPT", "LOAD", Script.PUBLISH.text());
    }
    try (Instance one = failing();
        Instance other = Instance.start(server.port(), specialist)) {
      Hold open = specialist.holdNext(SpecialistServer.Call.OPEN);
      CompletableFuture<Throwable> failure =
          CompletableFuture.supplyAsync(() -> catchThrowable(() -> one.ask(KNOWN)));
      open.awaitArrivals(1);
      proxy.dropReplies();
      open.release();
      assertThat(failure.join())
          .isInstanceOf(SessionOpenException.class)
          .hasMessageContaining("Redis cannot be reached");
      assertThat(new StoredContent(server).sessions()).isEqualTo(stored ? 1 : 0);
      await().untilAsserted(() -> assertThat(specialist.sessions().closed()).hasSize(1));
      proxy.pass();
      await().untilAsserted(() -> assertThat(new StoredContent(server).sessions()).isZero());
      await().untilAsserted(() -> assertThat(new StoredContent(server).leases()).isZero());
      other.ask(KNOWN);
      assertThat(specialist.sessions().callsOnClosed()).isEmpty();
      assertThat(one.counts().live()).isZero();
    }
  }

  @ConcurrentTest
  void evictionsThatRedisDoesNotHearOfFail() {
    try (Instance one = impatient()) {
      one.ask(KNOWN);
      proxy.refuse();
      assertThatThrownBy(() -> one.sessions.evict(KNOWN))
          .isInstanceOf(RedisConnectionFailureException.class)
          .hasMessageContaining("Evict it again");
      assertThatThrownBy(() -> one.sessions.evictTenant("known"))
          .isInstanceOf(RedisConnectionFailureException.class)
          .hasMessageContaining("Evict it again");
    }
  }
}
