package dev.switchboard.redis;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Neither ids nor tenants nor parts of keys can be read in logs, messages and descriptions. */
class RedisSecrecyTests {

  private static final String TENANT = "canary-tenant";
  private static final String PART = "canary-part";
  private static final SessionKey KEY = Instance.key(TENANT, PART);

  private final MemorySpecialist specialist = new MemorySpecialist();
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.switchboard");
  private RedisServerProcess server;
  private TcpProxy proxy;
  private Instance one;
  private Instance another;

  @BeforeEach
  void start() {
    logger.setLevel(Level.TRACE);
    logger.setAdditive(false);
    events.start();
    logger.addAppender(events);
    server = RedisServerProcess.start();
    proxy = TcpProxy.to(server);
    one = Instance.start(proxy.port(), specialist);
    another = Instance.start(server.port(), specialist);
  }

  @AfterEach
  void stop() {
    one.close();
    another.close();
    proxy.close();
    server.close();
    logger.detachAppender(events);
    logger.setAdditive(true);
    logger.setLevel(null);
  }

  private void assertSecret(String text) {
    assertThat(text).doesNotContain(TENANT, PART);
    specialist.sessions().opened().forEach(id -> assertThat(text).doesNotContain(id));
  }

  private void assertNothingLogged() {
    assertThat(events.list).isNotEmpty();
    for (ILoggingEvent event : List.copyOf(events.list)) {
      assertSecret(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        assertSecret(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
  }

  @Test
  void normalOperationAndOutagesTellNothing() {
    String id = one.ask(KEY);
    another.ask(KEY);
    specialist.sessions().forget(id);
    another.ask(KEY);
    one.ask(KEY);
    proxy.dropReplyOnce(Script.ACQUIRE);
    one.ask(Instance.key(TENANT, PART, "2"));
    proxy.refuse();
    await()
        .until(
            () -> {
              one.ask(Instance.key(TENANT, PART, "" + System.nanoTime()));
              return !one.isShared();
            });
    specialist.sessions().forgetAll();
    one.ask(KEY);
    proxy.pass();
    await().until(one::isShared);
    one.ask(KEY);
    server.command("HSET", StoredContent.key("closings"), "x", "EXPIRED " + TENANT);
    server.command("ZADD", StoredContent.key("closing"), "1", "x");
    server.command("HSET", StoredContent.key("sessions"), Fields.of(KEY), TENANT + PART);
    one.sessions.evictTenant(TENANT);
    one.ask(KEY);
    await().until(() -> new StoredContent(server).closing() == 0);
    one.sessions.stop();
    assertThat(events.list).anyMatch(event -> event.getLevel() == Level.DEBUG);
    assertThat(events.list).anyMatch(event -> event.getLevel() == Level.WARN);
    assertNothingLogged();
  }

  @Test
  void failuresTellNothing() {
    SessionOpenException unreachable = RemoteClaims.unreachable(KEY);
    assertSecret(unreachable.toString());
    server.command(
        "HSET", StoredContent.key("leases"), Fields.of(KEY), "0".repeat(32) + "F" + "9".repeat(15));
    proxy.refuse();
    try {
      one.sessions.evictTenant(TENANT);
    } catch (RuntimeException e) {
      assertSecret(e.toString());
      assertSecret(String.valueOf(e.getCause()));
    }
    assertNothingLogged();
  }

  @Test
  void descriptionsTellNothing() {
    one.ask(KEY);
    byte[] record =
        ((String)
                Objects.requireNonNull(
                    server.command("HGET", StoredContent.key("sessions"), Fields.of(KEY))))
            .getBytes(ISO_8859_1);
    assertSecret(
        Objects.requireNonNull(StoredSession.read(record, StoredContent.PLAIN)).toString());
    assertSecret(Objects.requireNonNull(one.store.find(KEY, System.nanoTime())).toString());
    assertSecret(one.store.state().toString());
    assertSecret(one.sessions.snapshot().toString());
    assertSecret(Fields.of(KEY));
  }
}
