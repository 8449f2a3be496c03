package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import tools.jackson.databind.JsonNode;

@ConciergeTest
@ExtendWith(OutputCaptureExtension.class)
class StateTests {

  private static final String TENANT = "confidential-gmbh";

  @Autowired ConciergeClient concierge;
  @Autowired LoggingSystem logging;

  @AfterEach
  void logLessAgain() {
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.WARN);
    logging.setLogLevel("dev.switchboard", LogLevel.WARN);
  }

  @Test
  void stateBalancesAndCountsWhatHappened() {
    JsonNode before = marketing();
    concierge.ask(TENANT, "a headline");
    concierge.specialist("marketing").forget();
    concierge.specialist("marketing").faults().failNext(1, 503);
    concierge.ask(TENANT, "a headline");
    concierge.leave(TENANT);
    await().until(() -> marketing().path("draining").asInt() == 0);

    JsonNode after = marketing();
    assertThat(increase(before, after, "opened")).isEqualTo(2);
    assertThat(increase(before, after, "lost")).isOne();
    assertThat(increase(before, after, "closed")).isOne();
    assertThat(increase(before, after, "retries")).isOne();
    assertThat(concierge.state().body())
        .hasSize(3)
        .allSatisfy(
            counts ->
                assertThat(counts.path("opened").asLong())
                    .isEqualTo(
                        counts.path("live").asLong()
                            + counts.path("draining").asLong()
                            + counts.path("closed").asLong()
                            + counts.path("lost").asLong()
                            + counts.path("unclosed").asLong()));
  }

  @Test
  void neitherStateNorLogNorAnswersTellTenantsOrIds(CapturedOutput output) {
    logging.setLogLevel(LoggingSystem.ROOT_LOGGER_NAME, LogLevel.INFO);
    logging.setLogLevel("dev.switchboard", LogLevel.DEBUG);
    ConciergeClient.Reply answer = concierge.ask(TENANT, "who was first");
    concierge.specialist("research").faults().down(true);
    concierge.ask(TENANT, "who was second");
    concierge.heal();
    concierge.ask(TENANT, "");
    concierge.specialist("research").forget();
    concierge.ask(TENANT, "who was third");
    String id = concierge.specialist("research").idsOf(TENANT).get(0);

    assertThat(answer.text("session")).matches("research#[0-9a-f]{12}/[0-9a-f]{12}");
    assertThat(answer.body().toString()).doesNotContain(TENANT, id);
    assertThat(concierge.state().body().toString()).doesNotContain(TENANT, id);
    assertThat(output).contains("DEBUG").doesNotContain(TENANT, id);
  }

  private JsonNode marketing() {
    return concierge.state().body().path("marketing");
  }

  private static long increase(JsonNode before, JsonNode after, String count) {
    return after.path(count).asLong() - before.path(count).asLong();
  }
}
