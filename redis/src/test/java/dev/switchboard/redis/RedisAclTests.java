package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** The rights that the guide names are enough. */
class RedisAclTests {

  private static final Pattern USER = Pattern.compile("user switchboard on >\\.\\.\\. ([^`]+)`");
  private static final Pattern SUBSCRIBED_IN_VAIN =
      Pattern.compile("cmdstat_subscribe:.*rejected_calls=(?:[6-9]|\\d\\d)");

  private static List<String> rightsOfTheGuide() throws IOException {
    Matcher user = USER.matcher(Files.readString(Path.of("..", "docs", "redis.md")));
    assertThat(user.find()).isTrue();
    return List.of(user.group(1).strip().split("\\s+"));
  }

  /** Opens, finds, loses, touches, evicts, bounds, closes; whether Redis answered all of it. */
  private static boolean works(List<String> rights) {
    AtomicInteger closed = new AtomicInteger();
    try (RedisServerProcess server = RedisServerProcess.start()) {
      List<String> user =
          new ArrayList<>(List.of("ACL", "SETUSER", "switchboard", "on", ">secret"));
      user.addAll(rights);
      server.command(user.toArray(String[]::new));
      try (RedisSessionStore store =
              RedisSessionStore.builder(new LettuceConnectionFactory(loginAsSwitchboard(server)))
                  .closeGrace(Duration.ZERO)
                  .commandTimeout(Duration.ofMinutes(1))
                  .build();
          SpecialistSessions sessions = Sessions.with(store, closed)) {
        if (!store.state().available()) {
          return false;
        }
        for (int i = 0; i < 6; i++) {
          Sessions.idOf(sessions, SessionKey.of("crm", "t" + i));
        }
        assertThatThrownBy(() -> Sessions.idOf(sessions, Sessions.REFUSED))
            .isInstanceOf(SessionOpenException.class);
        Sessions.lose(sessions, SessionKey.of("crm", "t5"));
        sessions.evict(SessionKey.of("crm", "t5"));
        sessions.evictTenant("t4");
        sessions.evictSpecialist("crm");
        Awaitility.await().until(() -> closed.get() >= 6 || refusals(server) > 0);
        return refusals(server) == 0;
      } catch (RuntimeException e) {
        return false;
      }
    }
  }

  private static RedisStandaloneConfiguration loginAsSwitchboard(RedisServerProcess server) {
    RedisStandaloneConfiguration redis =
        new RedisStandaloneConfiguration("127.0.0.1", server.port());
    redis.setUsername("switchboard");
    redis.setPassword("secret");
    return redis;
  }

  private static int refusals(RedisServerProcess server) {
    return ((List<?>) java.util.Objects.requireNonNull(server.command("ACL", "LOG"))).size();
  }

  @Test
  void rightsOfTheGuideAreEnough() throws IOException {
    assertThat(works(rightsOfTheGuide())).isTrue();
  }

  static Stream<Arguments> whatIsMissing() {
    return Stream.of(
        arguments(
            "on >secret ~* resetchannels +@all", "NOPERM [^:]*permissions to access .*channel.*"),
        arguments(
            "on >secret ~* &* +@all -eval -evalsha", "NOPERM .*has no permissions .*'evalsha'.*"),
        arguments("on >secret ~* &* +@all -zadd", "ERR .*(can't run this command|'zadd').*"),
        arguments("on >secret ~other:* &* +@all", "NOPERM .*key.*"),
        arguments("on >another ~* &* +@all", "WRONGPASS"));
  }

  @ParameterizedTest
  @MethodSource("whatIsMissing")
  void logAndHealthSayWhatIsMissing(String rights, String error) {
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger(RedisLink.class);
    events.start();
    logger.addAppender(events);
    try (RedisServerProcess server = RedisServerProcess.start()) {
      server.command(("ACL SETUSER switchboard " + rights).split(" "));
      try (RedisSessionStore store =
              RedisSessionStore.builder(new LettuceConnectionFactory(loginAsSwitchboard(server)))
                  .build();
          SpecialistSessions sessions = Sessions.with(store, new AtomicInteger())) {
        assertThat(Sessions.idOf(sessions, SessionKey.of("crm", "t"))).isNotEmpty();
        assertThat(store.state().detail()).matches("Redis refuses to work: " + error);
        assertThat(events.list)
            .extracting(ILoggingEvent::getFormattedMessage)
            .singleElement(STRING)
            .isEqualTo(store.state().detail())
            .doesNotContain("secret");
        server.command("ACL", "SETUSER", "switchboard", "on", ">secret", "~*", "&*", "+@all");
        Awaitility.await().until(() -> store.state().available());
        assertThat(store.state().detail()).isNull();
      }
    } finally {
      logger.detachAppender(events);
    }
  }

  private static String told(RedisServerProcess server, String... command) {
    return String.valueOf(server.command(command));
  }

  private static boolean isRefusedAgainAndAgain(RedisServerProcess server) {
    return SUBSCRIBED_IN_VAIN.matcher(told(server, "INFO", "commandstats")).find();
  }

  private static long connections(RedisServerProcess server) {
    return told(server, "CLIENT", "LIST")
        .lines()
        .filter(client -> client.contains("user=switchboard"))
        .count();
  }

  @Test
  void whoMayNotSubscribeKeepsNoMoreThanTwoConnections() {
    try (RedisServerProcess server = RedisServerProcess.start()) {
      server.command(
          "ACL", "SETUSER", "switchboard", "on", ">secret", "~*", "resetchannels", "+@all");
      try (RedisSessionStore store =
              RedisSessionStore.builder(new LettuceConnectionFactory(loginAsSwitchboard(server)))
                  .build();
          SpecialistSessions sessions = Sessions.with(store, new AtomicInteger())) {
        assertThat(Sessions.idOf(sessions, SessionKey.of("crm", "t"))).isNotEmpty();
        Awaitility.await().until(() -> isRefusedAgainAndAgain(server));
        Awaitility.await().untilAsserted(() -> assertThat(connections(server)).isLessThan(3));
      }
    }
  }
}
