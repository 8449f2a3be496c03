package dev.switchboard.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.connector.AdkServer.Language;
import dev.switchboard.connector.AdkServer.Session;
import dev.switchboard.session.SessionKey;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

class AdkConnectorTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "acme", "alice@example.org");

  @ParameterizedTest
  @EnumSource
  void opensAndClosesASession(Language language) {
    try (AdkServer server = new AdkServer(language)) {
      AdkConnector connector = server.http().connector().build();

      String id = connector.open(KEY);
      assertThat(server.sessions()).containsExactly(new Session("acme:alice@example.org", id));

      connector.close(KEY, id);
      assertThat(server.sessions()).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void closingAnUnknownSessionIsNoError(Language language) {
    try (AdkServer server = new AdkServer(language)) {
      server.http().connector().build().close(KEY, "gone");
      assertThat(server.http().requests()).hasSize(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void tenantNeverLeavesItsSegment(Language language) {
    String[] tenants = {
      "a/b", "../x", "..", ".", "a%2Fb", "a?b", "a#b", "a;b", "a\\b", "//", "a b", "é", "%2e%2e",
      "~"
    };
    try (AdkServer server = new AdkServer(language)) {
      AdkConnector connector = server.http().connector().build();
      for (String tenant : tenants) {
        SessionKey key = SessionKey.of("marketing", tenant, "../sessions");
        String id = connector.open(key);
        assertThat(server.sessions()).containsExactly(new Session(AdkConnector.user(key), id));
        connector.close(key, id);
        assertThat(server.sessions()).isEmpty();
      }
      assertThat(server.http().requests())
          .hasSize(2 * tenants.length)
          .allMatch(
              r -> r.matches("\\w+ /apps/marketing/users/[\\w.~%-]+/sessions(/[0-9a-f-]+)?"),
              "raw");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "a/b, a%2Fb",
    "../../x, ..%2F..%2Fx",
    "a%2Fb, a%252Fb",
    "a?b#c, a%3Fb%23c",
    "a;b, a%3Bb",
    "'a b', a%20b",
    "{app}, %7Bapp%7D",
    "é, %C3%A9"
  })
  void sessionIdIsOneSegment(String id, String encoded) {
    try (Loopback server = Loopback.answering(200, "")) {
      server.connector().build().close(SessionKey.of("marketing", "acme"), id);
      assertThat(server.requests())
          .containsExactly("DELETE /apps/marketing/users/acme/sessions/" + encoded);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {".", ".."})
  void dotSegmentsAreRefusedAsSessionIds(String id) {
    try (Loopback server = Loopback.answering(200, "{\"id\":\"" + id + "\"}")) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.open(KEY)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> connector.close(KEY, id))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("a session id must not be a dot segment");
      assertThat(connector.isLost(KEY, id, failure500())).isFalse();
      assertThat(server.requests()).hasSize(1);
    }
  }

  private static Throwable failure500() {
    try (Loopback server = Loopback.answering(500, "")) {
      RestClient.create(server.url()).get().retrieve().toBodilessEntity();
      throw new AssertionError("answered 500");
    } catch (HttpServerErrorException e) {
      return e;
    }
  }

  @ParameterizedTest
  @CsvSource({"'', /apps", "/, /apps", "/agents/v1, /agents/v1/apps", "/a%20b//, /a%20b/apps"})
  void baseUrlMayHaveAPathAndASlash(String suffix, String path) {
    try (Loopback server = Loopback.answering(200, "{\"id\":\"s1\"}")) {
      AdkConnector connector = server.connector().baseUrl(server.url() + suffix).build();
      assertThat(connector.open(SessionKey.of("marketing", "acme"))).isEqualTo("s1");
      assertThat(server.requests())
          .containsExactly("POST " + path + "/marketing/users/acme/sessions");
    }
  }

  @Test
  void appIsOneSegment() {
    try (Loopback server = Loopback.answering(200, "{\"id\":\"s1\"}")) {
      server.connector().app("a b{c}?").build().open(SessionKey.of("marketing", "acme"));
      assertThat(server.requests())
          .containsExactly("POST /apps/a%20b%7Bc%7D%3F/users/acme/sessions");
    }
  }

  @Test
  void opensWithAnEmptyJsonObject() {
    StringBuilder received = new StringBuilder();
    try (Loopback server =
        Loopback.serve(
            exchange -> {
              received.append(exchange.getRequestHeaders().getFirst("Content-Type")).append(' ');
              received.append(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
              received.append(exchange.getRequestHeaders().containsKey("Upgrade"));
              Loopback.reply(exchange, 200, "{\"id\":\"s1\"}");
            })) {
      server.connector().build().open(KEY);
      assertThat(received).hasToString("application/json {}false");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "[]",
        "{}",
        "{\"id\":null}",
        "{\"id\":\" \"}",
        "{\"id\":7}",
        "{",
        "<p>"
      })
  void replyWithoutAnIdIsAFailure(String reply) {
    try (Loopback server = Loopback.answering(200, reply)) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.open(KEY))
          .isInstanceOf(RestClientException.class)
          .hasMessageStartingWith("POST at the ADK server of app 'marketing' failed: the reply ")
          .hasNoCause();
    }
  }

  @Test
  void headersAndInterceptorsOfTheGivenClientAreUsedAndItStaysAsItWas() {
    try (Loopback server =
        Loopback.serve(
            exchange -> {
              String id = exchange.getRequestHeaders().getFirst("Authorization");
              Loopback.reply(exchange, 200, "{\"id\":\"" + id + "\"}");
            })) {
      RestClient.Builder given =
          RestClient.builder()
              .baseUrl("http://other.invalid")
              .defaultStatusHandler(status -> true, (request, reply) -> {})
              .defaultHeader("Authorization", "token");
      assertThat(server.connector().restClient(given).build().open(KEY)).isEqualTo("token");
      given.requestInterceptors(interceptors -> assertThat(interceptors).isEmpty());
    }
  }
}
