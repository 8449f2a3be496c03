package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
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
