package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionStore.Granted;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Where one specialist's keys in Redis hold something else, only that one's sessions suffer. */
@Timeout(60)
class ForeignKeysTests {

  private static final String CRM_SESSIONS = "switchboard:{application:crm:0}:sessions";
  private static final SessionLimits LIMITS = new SessionLimits(Duration.ofHours(1), null, 1000);
  private static final SessionKey KEY = SessionKey.of("crm", "acme");

  private final List<Session> left = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(Shard.class);
  private RedisServerProcess server;
  private RedisSessionStore store;

  @BeforeEach
  void start() {
    events.start();
    logger.addAppender(events);
    server = RedisServerProcess.start();
    store = RedisSessionStore.builder(SkewedRedis.factory(server.port())).build();
    store.start(new Leavings(left));
    store.configure("crm", LIMITS);
    store.configure("shop", LIMITS);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(events);
    store.close();
    server.close();
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  private Session open(SessionKey key) throws Exception {
    Granted granted = (Granted) get(store.claim(key));
    long now = Ticker.systemTicker().read();
    return get(store.publish(new Session(key, "id", granted.opening(), now, false)));
  }

  private List<String> warnings() {
    return events.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  @Test
  void othersAreSharedOnAndTheLogNamesTheKeysOnce() throws Exception {
    server.command("SET", CRM_SESSIONS, "something else");
    for (int i = 0; i < 20; i++) {
      open(SessionKey.of("crm", "acme", "" + i));
    }
    assertThat(store.state().available()).isTrue();
    open(SessionKey.of("shop", "acme"));
    assertThat(server.command("HLEN", "switchboard:{application:shop:0}:sessions")).isEqualTo(1L);
    assertThat(warnings())
        .containsExactly(
            "Something else is kept in Redis under switchboard:{application:crm:0}:*: calls that"
                + " need these keys go on without Redis until it is deleted");
  }

  @Test
  void whatCannotBeEvictedWaitsButRedisIsUsedAgainAfterAnOutage() throws Exception {
    Session lost = open(KEY);
    String record = (String) Objects.requireNonNull(server.command("HGET", CRM_SESSIONS, field()));
    server.command("DEL", CRM_SESSIONS);
    server.command("SET", CRM_SESSIONS, "something else");
    assertThat(get(store.evict(KEY, lost.token(), RemovalCause.LOST))).isFalse();
    server.pause();
    for (int i = 0; i < 5; i++) {
      open(SessionKey.of("shop", "acme", "" + i));
    }
    assertThat(store.state().available()).isFalse();
    server.resume();
    await().until(() -> store.state().available());
    server.command("DEL", CRM_SESSIONS);
    server.command("HSET", CRM_SESSIONS, field(), record);
    await().untilAsserted(() -> assertThat(left).containsExactly(lost));
  }

  /** Nothing that a script has written is taken back when it fails. */
  @ParameterizedTest
  @ValueSource(strings = {"leases", "touched", "opened", "index", "closing", "closings", "gone"})
  void aScriptThatCannotDoAllDoesNothing(String name) throws Exception {
    Session kept = open(KEY);
    String key = "switchboard:{application:crm:0}:" + name;
    server.command("DEL", key);
    server.command("SET", key, "something else");
    assertThat(get(store.evict(KEY, kept.token(), RemovalCause.EVICTED))).isFalse();
    assertThat(server.command("HEXISTS", CRM_SESSIONS, field())).isEqualTo(1L);
    open(SessionKey.of("crm", "other"));
    assertThat(server.command("HLEN", CRM_SESSIONS)).isEqualTo(1L);
  }

  @Test
  void aSessionWhoseLeavingMayNotBeToldStays() throws Exception {
    Session kept = open(KEY);
    server.command("ACL", "SETUSER", "default", "-publish");
    assertThat(get(store.evict(KEY, kept.token(), RemovalCause.EVICTED))).isFalse();
    assertThat(server.command("HEXISTS", CRM_SESSIONS, field())).isEqualTo(1L);
  }

  /** As many as are looked at in a step, and more, stand before one that has really ended. */
  @Test
  void timesThatBelieNoRecordHoldUpNoEnd() throws Exception {
    String opened = "switchboard:{application:crm:0}:opened";
    for (int i = 0; i < 110; i++) {
      SessionKey key = SessionKey.of("crm", "acme", "" + i);
      open(key);
      server.command("ZADD", opened, "1", Fields.of(key));
    }
    open(KEY);
    String record = (String) Objects.requireNonNull(server.command("HGET", CRM_SESSIONS, field()));
    String ended = record.substring(0, 35) + "0".repeat(14) + "2" + record.substring(50);
    server.command("HSET", CRM_SESSIONS, field(), ended);
    server.command("ZADD", opened, "2", field());
    store.maintain().get(15, TimeUnit.SECONDS);
    assertThat(server.command("HLEN", CRM_SESSIONS)).isEqualTo(110L);
    assertThat(server.command("HEXISTS", CRM_SESSIONS, field())).isEqualTo(0L);
  }

  private static String field() {
    return Fields.of(KEY);
  }
}
