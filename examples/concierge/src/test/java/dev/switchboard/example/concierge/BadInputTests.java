package dev.switchboard.example.concierge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpMethod;

@ConciergeTest
class BadInputTests {

  @Autowired ConciergeClient concierge;

  static Stream<Arguments> badQuestions() {
    return Stream.of(
        Arguments.of(null, "a headline", "tenant must"),
        Arguments.of("", "a headline", "tenant must"),
        Arguments.of("  ", "a headline", "tenant must"),
        Arguments.of("hush/hush", "a headline", "tenant must"),
        Arguments.of("hush\n", "a headline", "tenant must"),
        Arguments.of("hush".repeat(17), "a headline", "tenant must"),
        Arguments.of("hush", null, "message must"),
        Arguments.of("hush", "", "message must"),
        Arguments.of("hush", " \n", "message must"),
        Arguments.of("hush", "m".repeat(4001), "message must"));
  }

  @ParameterizedTest
  @MethodSource("badQuestions")
  void badQuestionIsRefusedWithItsRule(
      @Nullable String tenant, @Nullable String message, String rule) {
    assertRefused(concierge.ask(tenant, message), rule);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"tenant\":\"hush\"", "[\"hush\"]", "\"hush\"", "hush", "null"})
  void unreadableQuestionIsRefused(String json) {
    assertRefused(concierge.send(HttpMethod.POST, "/ask", json), "");
  }

  @Test
  void badTenantCannotLeave() {
    assertRefused(concierge.leave("hush!"), "tenant must");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{\"fail\":-1}", "{\"fail\":1,\"status\":404}", "{\"slowMillis\":60001}", "x"})
  void badSwitchesAreRefused(String json) {
    assertRefused(concierge.send(HttpMethod.POST, "/specialists/research/faults", json), "");
  }

  @Test
  void unknownSpecialistHasNoSwitches() {
    assertThat(concierge.send(HttpMethod.POST, "/specialists/hush/faults", "{}").status())
        .isEqualTo(404);
  }

  private static void assertRefused(ConciergeClient.Reply reply, String rule) {
    assertThat(reply.status()).isEqualTo(400);
    assertThat(reply.type()).isEqualTo("application/problem+json");
    assertThat(reply.text("detail")).contains(rule).isNotBlank();
    assertThat(reply.body().toString()).doesNotContain("hush");
  }
}
