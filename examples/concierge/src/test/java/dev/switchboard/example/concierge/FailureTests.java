package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.specialist.Agent;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;

@ConciergeTest
class FailureTests {

  @Autowired ConciergeClient concierge;

  private Agent marketing;

  @BeforeEach
  void findMarketing() {
    marketing = concierge.specialist("marketing");
  }

  @AfterEach
  void heal() {
    concierge.heal();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 503})
  void failedCallIsRetriedWithASimplerMessage(int status) {
    String tenant = "failing-" + status;
    ConciergeClient.Reply before = concierge.ask(tenant, "a headline");
    marketing.faults().failNext(2, status);

    ConciergeClient.Reply after = concierge.ask(tenant, "a  longer \n headline");

    assertThat(after.status()).isEqualTo(200);
    assertThat(after.number("attempts")).isEqualTo(3);
    assertThat(after.flag("simplified")).isTrue();
    assertThat(after.flag("fresh")).isFalse();
    assertThat(after.text("session")).isEqualTo(before.text("session"));
  }

  @Test
  void retrySaysThatItReplacesTheMessageThatTheSpecialistHasKept() {
    marketing.forget();
    marketing.faults().failNext(1, 503);

    ConciergeClient.Reply reply = concierge.ask("twice", "a  longer \n headline");

    assertThat(reply.text("reply")).contains("message 2 here");
    assertThat(marketing.heard()).hasSize(2).first().isEqualTo("a  longer \n headline");
    assertThat(marketing.heard().get(1))
        .startsWith("(This replaces my previous message")
        .endsWith("a longer headline");
  }

  @Test
  void modelFailureWithinASuccessfulReplyIsRetried() {
    marketing.faults().failModelNext(1);

    ConciergeClient.Reply reply = concierge.ask("error-code", "a headline");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.number("attempts")).isEqualTo(2);
    assertThat(reply.flag("simplified")).isTrue();
  }

  @Test
  void specialistThatStaysDownIsAProblemNotAnError() {
    long retries = retries();
    marketing.faults().down(true);

    ConciergeClient.Reply reply = concierge.ask("unlucky", "a headline");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.type()).isEqualTo("application/problem+json");
    assertThat(reply.text("detail"))
        .isEqualTo("marketing does not answer at the moment; ask again later");
    assertThat(reply.body().toString()).doesNotContain("unlucky");
    assertThat(retries()).isEqualTo(retries + 2);

    marketing.faults().clear();
    assertThat(concierge.ask("unlucky", "a headline").flag("fresh")).isTrue();
  }

  @Test
  void modelThatKeepsFailingIsAProblem() {
    long retries = retries();
    marketing.faults().failModelNext(3);

    assertThat(concierge.ask("overloaded", "a headline").status()).isEqualTo(503);
    assertThat(retries()).isEqualTo(retries + 2);
  }

  @Test
  void slowSpecialistTimesOut() {
    concierge.ask("slow", "a headline");
    marketing.faults().slow(Duration.ofMillis(900));

    assertThat(concierge.ask("slow", "a headline").status()).isEqualTo(503);
  }

  private long retries() {
    return concierge.state().body().path("marketing").path("retries").asLong();
  }
}
