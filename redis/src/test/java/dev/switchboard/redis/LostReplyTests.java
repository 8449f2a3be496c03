package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/**
 * What was done in Redis though nobody heard of it, or was done late, comes right by itself, and no
 * lease need lapse for that: the server's clock stands still.
 */
class LostReplyTests {

  private static final SessionKey ACME = Instance.key("acme");

  /** Is there all the time, so that both know the specialist. */
  private static final SessionKey GLOBEX = Instance.key("globex");

  private final MemorySpecialist specialist = new MemorySpecialist();
  private final SkewedRedis redis = new SkewedRedis();
  private final StoredContent content = new StoredContent(redis.server());
  private TcpProxy proxy;
  private Instance one;
  private Instance another;

  @BeforeEach
  void start() {
    proxy = TcpProxy.to(redis.server());
    one = start(proxy.port());
    another = start(redis.server().port());
    another.ask(GLOBEX);
    // So that the server knows every script that is to come by its hash.
    List.of(Script.values()).forEach(this::load);
  }

  private void load(Script script) {
    redis.server().command("SCRIPT", "LOAD", SkewedRedis.standing(script.text()));
  }

  private Instance start(int port) {
    return Instance.start(port, specialist, store -> store.scripts(SkewedRedis::standing));
  }

  @AfterEach
  void stop() {
    one.close();
    another.close();
    proxy.close();
    redis.close();
  }

  private void awaitDropped(Script script) {
    await().untilAsserted(() -> assertThat(proxy.scripts().getOrDefault(script, 0)).isPositive());
  }

  /** What is neither stored nor lost has been closed, once. */
  private void assertRest(int live, int lost) {
    // What is handed out a second time would be by then.
    redis.advance(Duration.ofMinutes(3));
    await()
        .untilAsserted(
            () -> {
              maintain();
              int opened = specialist.sessions().opened().size();
              int closed = opened - live - 1 - lost;
              assertThat(sum()).isEqualTo(new SessionCounts(opened, live + 1, 0, closed, lost, 0));
              assertThat(content.ids()).hasSize(live + 1).isEqualTo(specialist.sessions().known());
              assertThat(content.closing()).isZero();
              assertThat(content.leases()).isZero();
            });
    assertThat(specialist.sessions().closedTwice()).isEmpty();
  }

  private void maintain() {
    // Some of it may fail, as it may every second.
    one.store.maintain().exceptionally(failure -> null).join();
    another.store.maintain().exceptionally(failure -> null).join();
  }

  private SessionCounts sum() {
    return Instance.sum(one.counts(), another.counts());
  }

  @ConcurrentTest
  void ofAcquire() {
    proxy.forgetCommands();
    proxy.dropReplyOnce(Script.ACQUIRE);
    one.ask(ACME);
    String winner = another.ask(ACME);
    assertThat(one.ask(ACME)).isEqualTo(winner);
    assertRest(1, 0);
  }

  @ConcurrentTest
  void ofPublish() {
    proxy.dropReplyOnce(Script.PUBLISH);
    String id = one.ask(ACME);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertThat(one.ask(ACME)).isEqualTo(id);
    assertRest(1, 0);
  }

  @ConcurrentTest
  void ofEvict() {
    String id = one.ask(ACME);
    specialist.sessions().forget(id);
    proxy.dropReplyOnce(Script.EVICT);
    assertThat(one.ask(ACME)).isNotEqualTo(id);
    String winner = another.ask(ACME);
    assertThat(one.ask(ACME)).isEqualTo(winner).isNotEqualTo(id);
    assertRest(1, 1);
  }

  @ConcurrentTest
  void ofTouch() {
    proxy.dropReplyOnce(Script.TOUCH);
    String id = one.ask(ACME);
    awaitDropped(Script.TOUCH);
    assertThat(one.ask(ACME)).isEqualTo(id);
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertRest(1, 0);
  }

  @ConcurrentTest
  void ofReap() {
    one.ask(ACME);
    proxy.dropReplyOnce(Script.REAP);
    another.sessions.evict(ACME);
    maintain();
    awaitDropped(Script.REAP);
    assertRest(0, 0);
  }

  @ConcurrentTest
  void ofClosed() {
    one.ask(ACME);
    proxy.dropReplyOnce(Script.CLOSED);
    one.sessions.evict(ACME);
    await().untilAsserted(() -> assertThat(specialist.sessions().closed()).hasSize(1));
    assertRest(0, 0);
  }

  /** Redis is down for a moment while a session is closed. */
  @ConcurrentTest
  void ofNoneSentAtAll() {
    one.ask(ACME);
    Hold close = specialist.holdNext(SpecialistServer.Call.CLOSE);
    one.sessions.evict(ACME);
    close.awaitArrivals(1);
    proxy.refuse();
    close.release();
    await().untilAsserted(() -> assertThat(sum().closed()).isEqualTo(1));
    proxy.pass();
    await().until(() -> content.closing() == 0);
    assertRest(0, 0);
  }

  /** The lost session is forgotten in Redis, but nobody hears of it; nothing else fails. */
  @ConcurrentTest
  void ofEvictAndAllThatFollows() {
    String id = one.ask(ACME);
    specialist.sessions().forget(id);
    proxy.dropReplies();
    String next = one.ask(ACME);
    proxy.pass();
    await().until(() -> proxy.openConnections() >= 2);
    assertThat(another.ask(ACME)).isEqualTo(next);
    assertRest(1, 1);
  }

  /** Published though nobody has heard of it, used by another process, and then the first ends. */
  @ConcurrentTest
  void sessionThatOthersUseOutlivesTheProcessThatDidNotHearOfItsPublishing() {
    proxy.dropReplies();
    String id = one.ask(ACME);
    proxy.pass();
    assertThat(another.ask(ACME)).isEqualTo(id);
    // In doubt it is told again.
    await()
        .untilAsserted(
            () -> assertThat(proxy.scripts().getOrDefault(Script.PUBLISH, 0)).isGreaterThan(1));
    await().until(() -> one.knows(ACME));
    one.sessions.close();
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertRest(1, 0);
  }

  /** The same of one that was opened while nothing was sent to Redis. */
  @ConcurrentTest
  void sessionThatOthersUseOutlivesTheProcessThatDidNotHearOfItsSharing() {
    SessionKey other = Instance.key("other");
    proxy.refuse();
    await()
        .until(
            () -> {
              one.ask(other);
              return !one.isShared();
            });
    String id = one.ask(ACME);
    proxy.pass();
    await().until(() -> one.isShared() && one.knows(other));
    proxy.dropReplyOnce(Script.PUBLISH);
    assertThat(one.ask(ACME)).isEqualTo(id);
    assertThat(another.ask(ACME)).isEqualTo(id);
    await().until(() -> one.knows(ACME));
    one.sessions.close();
    assertThat(another.ask(ACME)).isEqualTo(id);
    assertRest(2, 0);
  }

  /** One session, stored in Redis without an answer, and then evicted and closed by another. */
  private void openInDoubtAndCloseElsewhere() {
    proxy.dropReplies();
    one.ask(ACME);
    assertThat(content.sessions()).isEqualTo(2);
    // Or this one could take what is to be closed, and not hear of it.
    proxy.blackhole();
    assertThat(another.sessions.evict(ACME)).isTrue();
    await()
        .untilAsserted(
            () -> {
              another.store.maintain().join();
              assertThat(specialist.sessions().closed()).hasSize(1);
            });
  }

  @ConcurrentTest
  void sessionInDoubtThatOthersHaveClosedIsCountedOnce() {
    openInDoubtAndCloseElsewhere();
    proxy.pass();
    await().until(() -> sum().live() == 1);
    await().untilAsserted(() -> assertThat(one.ask(ACME)).isEqualTo(another.ask(ACME)));
    assertRest(1, 0);
  }

  @ConcurrentTest
  void sessionInDoubtThatOthersHaveReplacedIsCountedOnce() {
    openInDoubtAndCloseElsewhere();
    String next = another.ask(ACME);
    proxy.pass();
    await().untilAsserted(() -> assertThat(one.ask(ACME)).isEqualTo(next));
    assertRest(1, 0);
  }

  @ConcurrentTest
  void sessionInDoubtThatOthersHaveClosedIsNotCountedAsLost() {
    openInDoubtAndCloseElsewhere();
    String next = one.ask(ACME);
    assertThat(specialist.sessions().known()).contains(next);
    proxy.pass();
    await().untilAsserted(() -> assertThat(one.ask(ACME)).isEqualTo(another.ask(ACME)));
    assertRest(1, 0);
  }

  @ConcurrentTest
  void sessionInDoubtThatWasNeverStoredIsCountedAsLost() {
    redis.server().command("SCRIPT", "FLUSH");
    proxy.dropReplies();
    String id = one.ask(ACME);
    assertThat(content.sessions()).isEqualTo(1);
    specialist.sessions().forget(id);
    one.ask(ACME);
    proxy.pass();
    await().untilAsserted(() -> assertThat(one.ask(ACME)).isEqualTo(another.ask(ACME)));
    assertRest(1, 1);
  }

  @ConcurrentTest
  void leaseOfLostSessionsOpeningIsTakenByWhoeverLeads() throws Exception {
    String id = one.ask(ACME);
    specialist.sessions().forget(id);
    await().untilAsserted(() -> assertThat(proxy.scripts()).containsEntry(Script.TOUCH, 1));
    proxy.blackhole();
    proxy.forgetCommands();
    CompletableFuture<String> loser = CompletableFuture.supplyAsync(() -> one.ask(ACME));
    await().until(() -> !one.knows(ACME));
    CompletableFuture<String> leader = CompletableFuture.supplyAsync(() -> one.ask(ACME));
    proxy.pass();
    assertThat(loser.get()).isEqualTo(leader.get());
    assertThat(proxy.scripts().getOrDefault(Script.ACQUIRE, 0)).isLessThan(3);
  }

  @ConcurrentTest
  void sessionLostWhileItDrainsNeedsNoClose() {
    one.close(); // or it could take the session first, and close what it knows no use of
    String id = another.ask(ACME);
    another.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          if (session.id().equals(id)) {
            another.sessions.evict(ACME);
            await()
                .untilAsserted(
                    () -> {
                      another.store.maintain().join();
                      assertThat(another.counts().draining()).isEqualTo(1);
                    });
            specialist.sessions().forget(id);
          }
          return specialist.say(session);
        });
    assertRest(1, 1);
  }
}
