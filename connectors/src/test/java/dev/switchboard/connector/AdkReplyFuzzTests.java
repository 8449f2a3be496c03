package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionKey;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.RestClientException;

/** Whatever a server answers is a session, or a failure that does not repeat it. */
class AdkReplyFuzzTests {

  private static final String ID = "4f1c-9";
  private static final AtomicReference<String> ANSWER = new AtomicReference<>("");
  private static final Loopback SERVER =
      Loopback.serve(
          exchange -> Loopback.reply(exchange, 200, Objects.requireNonNull(ANSWER.get())));
  private static final AdkConnector CONNECTOR = SERVER.connector().build();

  @AfterContainer
  static void stop() {
    SERVER.close();
  }

  @Provide
  Arbitrary<String> replies() {
    return Arbitraries.of(
            "{",
            "}",
            "[",
            "]",
            "\"",
            ":",
            ",",
            "\\",
            " ",
            "\n",
            "null",
            "true",
            "-1e999",
            "id",
            "\"id\"",
            "\"error\"",
            "\"detail\"",
            "\"message\"",
            "session not found",
            "Session",
            "not found",
            ID,
            "4f1c-99",
            "undefined",
            ".",
            "<",
            "\u0000",
            "\ud83d",
            "é",
            "\\u0000")
        .list()
        .ofMaxSize(12)
        .map(parts -> String.join("", parts));
  }

  @Property
  void onlyTheSentenceNamesTheSession(@ForAll("replies") String body) {
    boolean named = NotFoundReply.namesSession(body, ID);
    boolean ofRoute = NotFoundReply.isOfSessionRoute(body, ID);
    if (named) {
      assertThat(body).containsIgnoringCase("session not found");
      assertThat(ofRoute).isTrue();
    }
    if (body.strip().startsWith("<")) {
      assertThat(named || ofRoute).isFalse();
    }
  }

  @Property
  void anyTextIsJudged(@ForAll String body, @ForAll String id) {
    assertThat(NotFoundReply.namesSession(body + "session not found: other", id + "x")).isFalse();
    NotFoundReply.isOfSessionRoute(body, id);
  }

  @Property(tries = 40)
  void anyReplyToAnOpeningIsAnIdOrAFailureThatKeepsItToItself(@ForAll("replies") String reply) {
    String secret = "canary" + reply;
    for (String answer : List.of(reply, "{\"id\":\"" + secret + "\"}", "{\"id\":" + secret)) {
      ANSWER.set(answer);
      try {
        assertThat(CONNECTOR.open(SessionKey.of("marketing", "acme"))).isNotBlank();
      } catch (RestClientException | IllegalArgumentException e) {
        assertThat(e).hasMessageNotContaining("canary");
        assertThat(String.valueOf(e.getCause())).doesNotContain("canary");
      }
    }
  }

  @Property
  void anyStatusIsAFailureThatSaysTheStatusOnly(
      @ForAll @IntRange(min = 100, max = 999) int status, @ForAll String header) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, header);
    headers.set("X-Echo", "canary");
    RestClientException failure =
        new SafeFailures("marketing")
            .answered(HttpMethod.GET, HttpStatusCode.valueOf(status), headers);
    assertThat(failure)
        .hasMessageStartingWith("GET at the ADK server of app 'marketing' was answered " + status)
        .hasMessageNotContaining("canary")
        .hasNoCause();
  }
}
