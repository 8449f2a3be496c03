package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a process has seen in Redis: how long it believes it, and what makes it ask again. */
class SharedNearCacheTests {

  private static final SessionKey ACME = Instance.key("acme");
  private static long staleNanos;

  private final MemorySpecialist specialist = new MemorySpecialist();
  private final AtomicLong nanos = new AtomicLong();
  private RedisServerProcess server;
  private TcpProxy proxy;
  private Instance one;
  private Instance another;
  private String id;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    proxy = TcpProxy.to(server);
    one = Instance.start(server.port(), specialist, this::patient);
    another = Instance.start(proxy.port(), specialist, this::patient);
    id = one.ask(ACME);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(another.knows(ACME)).isTrue();
  }

  private RedisSessionStoreBuilder patient(RedisSessionStoreBuilder store) {
    return store.commandTimeout(Duration.ofSeconds(30)).ticker(nanos::get);
  }

  @AfterEach
  void stop() {
    one.close();
    another.close();
    proxy.close();
    server.close();
  }

  @AfterAll
  static void printFigures() {
    System.out.printf(
        "Near cache: a session reopened elsewhere was known here for %.1f ms more%n",
        staleNanos / 1e6);
  }

  private static void awaitForgotten(Instance instance) {
    await().pollInterval(1, TimeUnit.MILLISECONDS).until(() -> !instance.knows(ACME));
  }

  /** How often this process has read whether Redis still has a session. */
  private int reads() {
    return proxy.commands().getOrDefault("HGET", 0);
  }

  private void advance(long seconds) {
    nanos.addAndGet(TimeUnit.SECONDS.toNanos(seconds));
  }

  @Test
  void evictionReachesOthers() {
    one.sessions.evict(ACME);
    awaitForgotten(another);
    assertThat(another.ask(ACME)).isNotEqualTo(id);
  }

  @Test
  void evictionOfTheTenantReachesOthers() {
    one.sessions.evictTenant("acme");
    awaitForgotten(another);
    assertThat(another.ask(ACME)).isNotEqualTo(id);
  }

  @Test
  void reopeningReachesOthers() {
    specialist.sessions().forget(id);
    String next = one.ask(ACME);
    long reopened = System.nanoTime();
    awaitForgotten(another);
    staleNanos = System.nanoTime() - reopened;
    assertThat(another.ask(ACME)).isEqualTo(next);
    assertThat(specialist.sessions().openedFor(HttpSpecialist.text(ACME))).hasSize(2);
  }

  /** It is closed only after the last call here. */
  @Test
  void evictionDoesNotEndCallsThatRun() {
    another.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          another.sessions.evict(ACME);
          awaitForgotten(another);
          another.store.maintain().join();
          return specialist.say(session);
        });
    await().untilAsserted(() -> assertThat(specialist.sessions().closed()).containsEntry(id, 1));
    assertThat(specialist.sessions().callsOnClosed()).isEmpty();
  }

  @Test
  void allIsConfirmedAnewAfterMessagesMayHaveBeenMissed() {
    server.command("CLIENT", "KILL", "TYPE", "pubsub");
    awaitForgotten(another);
    proxy.forgetCommands();
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(reads()).isEqualTo(1);
    assertThat(proxy.scripts()).doesNotContainKey(Script.ACQUIRE);
  }

  @Test
  void isConfirmedAnewAfterThirtySeconds() {
    proxy.forgetCommands();
    advance(29);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(reads()).isZero();
    advance(1);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(reads()).isEqualTo(1);
    advance(29);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(reads()).isEqualTo(1);
    assertThat(proxy.scripts()).doesNotContainKey(Script.ACQUIRE);
  }

  /** Others go by it when they look for what is least recently used, or idle. */
  @Test
  void redisHearsOfAUseWithinASecondOfBeingAsked() {
    String field = Fields.of(ACME);
    String touched = StoredContent.key("touched");
    awaitUseTold(ACME);
    String earlier = String.valueOf(System.currentTimeMillis() - 60_000);
    server.command("ZADD", touched, earlier, field);
    advance(30);
    assertThat(another.ask(ACME)).isEqualTo(id);
    another.store.maintain().join();
    await().until(() -> !earlier.equals(server.command("ZSCORE", touched, field)));
  }

  @Test
  void sessionThatRedisMayTakeForIdleSoonIsJudgedThere() {
    advance(Duration.ofMinutes(15).toSeconds());
    proxy.forgetCommands();
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(proxy.scripts()).containsEntry(Script.ACQUIRE, 1);
    assertThat(reads()).isZero();
  }

  @Test
  void sessionThatAnotherProcessHasUsedSinceIsFreshNoMore() {
    SessionKey globex = Instance.key("globex");
    assertThatIllegalStateException().isThrownBy(() -> fail(one, globex));
    assertThatIllegalStateException().isThrownBy(() -> fail(another, globex));
    one.ask(globex);
    awaitUseTold(globex);
    advance(30);
    proxy.forgetCommands();
    boolean fresh = another.sessions.call(globex, SessionPolicy.DEFAULT, SessionContext::isFresh);
    assertThat(fresh).isFalse();
    assertThat(reads()).isEqualTo(1);
  }

  /** Redis hears in the background that a session is fresh no more. */
  private void awaitUseTold(SessionKey key) {
    String stored = StoredContent.key("sessions");
    await().until(() -> ("" + server.command("HGET", stored, Fields.of(key))).startsWith("1U"));
  }

  private static void fail(Instance instance, SessionKey key) {
    instance.sessions.call(
        key,
        SessionPolicy.DEFAULT,
        session -> {
          assertThat(session.isFresh()).isTrue();
          throw new IllegalStateException("no answer");
        });
  }

  @Test
  void evictionWhoseMessageWasLostIsSeenWithinThirtySeconds() {
    server.command("ACL", "SETUSER", "default", "resetchannels");
    server.command("CLIENT", "KILL", "TYPE", "pubsub");
    server.command("ACL", "SETUSER", "default", "allchannels");
    one.sessions.evict(ACME);
    advance(30);
    assertThat(another.ask(ACME)).isNotEqualTo(id).isEqualTo(one.ask(ACME));
  }

  @Test
  void sessionThatHasTakenAnothersPlaceIsSeenWithinThirtySeconds() {
    server.command("ACL", "SETUSER", "default", "resetchannels");
    server.command("CLIENT", "KILL", "TYPE", "pubsub");
    server.command("ACL", "SETUSER", "default", "allchannels");
    one.sessions.evict(ACME);
    String next = one.ask(ACME);
    one.store.maintain().join();
    await().until(() -> specialist.sessions().closed().containsKey(id));
    advance(30);
    assertThat(another.ask(ACME)).isEqualTo(next).isNotEqualTo(id);
    assertThat(specialist.sessions().callsOnClosed()).isEmpty();
  }

  @Test
  void sessionGoesOnThoughRedisHasForgottenAll() {
    server.command("FLUSHALL");
    assertThat(another.ask(ACME)).isEqualTo(id);
    advance(30);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(one.ask(ACME)).isEqualTo(id);
    assertThat(new StoredContent(server).ids()).containsExactly(id);
    assertThat(specialist.sessions().opened()).containsExactly(id);
  }

  @Test
  void conversationGoesOnThoughRedisDoesNotAnswerThatItIsStoredAgain() {
    server.command("FLUSHALL");
    advance(30);
    proxy.dropReplyOnce(Script.PUBLISH);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(specialist.sessions().opened()).containsExactly(id);
  }

  @Test
  void tenantIsEvictedEverywhereThoughRedisHadForgottenAll() {
    try (Instance third = Instance.start(server.port(), specialist, this::patient)) {
      server.command("FLUSHALL");
      advance(30);
      one.ask(ACME);
      one.store.maintain().join();
      // This one has never called the specialist.
      await().until(() -> third.sessions.evictTenant("acme") == 1);
    }
    awaitForgotten(one);
    assertThat(one.ask(ACME)).isNotEqualTo(id);
  }

  @Test
  void processThatNeverCalledTheSpecialistEvictsItsSessions() {
    try (Instance third = Instance.start(server.port(), specialist, this::patient)) {
      assertThat(third.sessions.evict(ACME)).isTrue();
      assertThat(third.sessions.evict(ACME)).isFalse();
      awaitForgotten(one);
      assertThat(one.ask(ACME)).isNotEqualTo(id);
      assertThat(third.sessions.evictSpecialist("crmdesk")).isEqualTo(1);
    }
  }
}
