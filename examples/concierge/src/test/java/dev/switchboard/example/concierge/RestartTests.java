package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SpecialistSessions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

/** The concierge with {@code --store=redis}. */
class RestartTests {

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path data;

  @Test
  void secondRunGoesOnWithTheSessionsOfTheFirst() {
    run(
        concierge -> {
          assertThat(concierge.ask("acme", "a headline").flag("fresh")).isTrue();
          concierge.ask("globex", "a headline");
          concierge.leave("globex");
        });
    run(
        concierge -> {
          ConciergeClient.Reply reply = concierge.ask("acme", "another headline");
          assertThat(reply.text("reply")).contains("message 2 here");
          assertThat(reply.flag("fresh")).isFalse();
          assertThat(concierge.specialist("marketing").opened()).isZero();
          assertThat(concierge.state().body().at("/marketing/kept").asInt()).isOne();
        });
  }

  @Test
  void sessionsThatTheSpecialistsHaveLostAreReopened() {
    run(
        concierge -> {
          concierge.ask("acme", "a headline");
          concierge.specialist("marketing").forget();
        });
    run(
        concierge -> {
          ConciergeClient.Reply reply = concierge.ask("acme", "another headline");
          assertThat(reply.text("reply")).contains("message 1 here");
          assertThat(reply.flag("fresh")).isTrue();
        });
  }

  @Test
  void namedRedisIsUsedAndWithoutItCallsAreAnswered() {
    run(
        concierge ->
            assertThat(concierge.ask("acme", "a headline").text("reply")).contains("message 1"),
        "--spring.data.redis.url=redis://127.0.0.1:1",
        "--switchboard.redis.connect-timeout=100ms");
    assertThat(data.resolve("redis.log")).doesNotExist();
  }

  private void run(Consumer<ConciergeClient> calls, String... arguments) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--server.port=0",
                "--store=redis",
                "--concierge.data=" + data,
                "--concierge.tour=false",
                "--concierge.visitors=false",
                "--logging.level.dev.switchboard=error"));
    all.addAll(List.of(arguments));
    try (ConfigurableApplicationContext context =
        SpringApplication.run(ConciergeApplication.class, all.toArray(String[]::new))) {
      assertThat(context.getBean(SpecialistSessions.class).storeState().kind()).isEqualTo("redis");
      calls.accept(
          new ConciergeClient(context.getEnvironment(), context.getBean(LocalSpecialists.class)));
    }
  }
}
