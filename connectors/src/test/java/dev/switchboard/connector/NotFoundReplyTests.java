package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NotFoundReplyTests {

  private static final String ID = "4f1c-9";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"detail\":\"Session not found\"}",
        "{\"detail\": \"session NOT found.\"}",
        "{\"detail\":\"Session not found: 4f1c-9\"}",
        "{\"detail\":\"Session not found: 4f1c-9. The runner is configured with \\\"x\\\"\"}",
        "{\"detail\":\"SessionNotFoundError: Session not found: 4f1c-9\"}",
        "{\"error\":\"Session not found: 4f1c-9\"}",
        "{\"error\":\"Session not found. Open one first\"}",
        "{\"status\":404,\"message\":\"Session not found: appName=m, userId=u, sessionId=4f1c-9\"}",
        " Session not found\n"
      })
  void namesTheSession(String body) {
    assertThat(NotFoundReply.namesSession(body, ID)).isTrue();
    assertThat(NotFoundReply.isOfSessionRoute(body, ID)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"error\":\"Session not found: undefined\"}",
        "{\"error\":\"Session not found: null\"}",
        "{\"error\":\"Session not found: 4f1c-99\"}",
        "{\"error\":\"Session not found: x4f1c-9\"}",
        "{\"error\":\"Session not found: other\"}",
        "{\"error\":\"Browser session not found\"}",
        "{\"error\":\"Session not foundered\"}",
        "{\"error\":\"App not found: marketing\"}",
        "{\"detail\":\"Not Found\"}",
        "{\"detail\":\"No root_agent found for 'marketing'\"}",
        "{\"message\":\"no Route matched with those values\"}",
        "<!DOCTYPE html><pre>Cannot POST /run</pre>",
        "<html><body>Session not found</body></html>",
        "no such host"
      })
  void saysSomethingElse(String body) {
    assertThat(NotFoundReply.namesSession(body, ID)).isFalse();
    assertThat(NotFoundReply.isOfSessionRoute(body, ID)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{}",
        "{\"timestamp\":\"2026-01-01\",\"status\":404,\"error\":\"Not Found\",\"path\":\"/x\"}",
        "{\"status\":404,\"error\":\"Not Found\",\"message\":\"\",\"path\":\"/x\"}"
      })
  void withoutAReasonItCountsOnlyWhereTheSessionWasAskedFor(String body) {
    assertThat(NotFoundReply.namesSession(body, ID)).isFalse();
    assertThat(NotFoundReply.isOfSessionRoute(body, ID)).isTrue();
  }

  @Test
  void whatWasCutIsNotJudged() {
    String body = "{\"detail\":\"Session not found\"}" + " ".repeat(10) + "x".repeat(64 * 1024);
    assertThat(NotFoundReply.namesSession(body, ID)).isFalse();
    assertThat(NotFoundReply.isOfSessionRoute(body, ID)).isFalse();
  }

  @Test
  void idIsTakenLiterally() {
    String body = "{\"error\":\"Session not found: ab\"}";
    assertThat(NotFoundReply.namesSession(body, "ab")).isTrue();
    assertThat(NotFoundReply.namesSession(body, "a.")).isFalse();
    assertThat(NotFoundReply.namesSession(body, ".*")).isFalse();
  }
}
