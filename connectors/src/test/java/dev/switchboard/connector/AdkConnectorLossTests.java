package dev.switchboard.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpHandler;
import dev.switchboard.connector.AdkServer.Language;
import dev.switchboard.session.SessionKey;
import java.io.IOException;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

class AdkConnectorLossTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "acme");
  private final Throwable failedRun = new HttpServerErrorException(HttpStatusCode.valueOf(500));

  @ParameterizedTest
  @EnumSource
  void forgottenSessionIsLost(Language language) {
    try (AdkServer server = new AdkServer(language)) {
      AdkConnector connector = server.http().connector().build();
      String id = connector.open(KEY);
      server.sessions().clear();

      Throwable failure = run(server, "/run", "marketing", id);
      assertThat(connector.isLost(KEY, id, failure)).isTrue();
      assertThat(connector.isLost(KEY, id, new IllegalStateException(new IOException(failure))))
          .isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void sessionThatIsStillKnownIsNotLost(Language language) {
    try (AdkServer server = new AdkServer(language)) {
      AdkConnector connector = server.http().connector().build();
      String id = connector.open(KEY);
      server.failRuns();

      assertThat(connector.isLost(KEY, id, run(server, "/run", "marketing", id))).isFalse();
      assertThat(server.http().requests()).last().asString().startsWith("GET ").endsWith(id);
    }
  }

  @ParameterizedTest
  @EnumSource
  void unknownAppWrongRouteAndMissingIdAreNotLosses(Language language) {
    try (AdkServer server = new AdkServer(language)) {
      AdkConnector connector = server.http().connector().build();
      String id = connector.open(KEY);

      // The JavaScript server looks for the session first, and finds it under no other app.
      if (language != Language.JAVASCRIPT) {
        assertThat(connector.isLost(KEY, id, run(server, "/run", "x", id))).isFalse();
      }
      assertThat(connector.isLost(KEY, id, run(server, "/nowhere", "marketing", id))).isFalse();
      assertThat(connector.isLost(KEY, id, run(server, "/run", "marketing", null))).isFalse();
    }
  }

  private static RestClientException run(
      AdkServer server, String path, String app, @Nullable String id) {
    Map<String, Object> body = new HashMap<>();
    body.put("appName", app);
    body.put("userId", AdkConnector.user(KEY));
    if (id != null) {
      body.put("sessionId", id);
    }
    return catchThrowableOfType(
        RestClientResponseException.class,
        () ->
            RestClient.create(server.http().url())
                .post()
                .uri(path)
                .body(body)
                .retrieve()
                .toBodilessEntity());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          404 | ''                                     | true
          404 | {"status":404,"error":"Not Found"}     | true
          404 | {"detail":"Session not found"}         | true
          404 | {"error":"Session not found: s1"}      | true
          404 | {"error":"Session not found: other"}   | false
          404 | {"detail":"Not Found"}                 | false
          404 | {"error":"App not found: marketing"}   | false
          404 | <html>Session not found</html>         | false
          200 | {"id":"s1"}                            | false
          204 | ''                                     | false
          302 | ''                                     | false
          401 | {"detail":"Session not found"}         | false
          410 | {"detail":"Session not found"}         | false
          500 | {"detail":"Session not found"}         | false
          503 | ''                                     | false
          """)
  void afterA500OnlyA404OfTheSessionRouteIsALoss(int status, String reply, boolean lost) {
    try (Loopback server = Loopback.answering(status, reply)) {
      assertThat(server.connector().build().isLost(KEY, "s1", failedRun)).isEqualTo(lost);
      assertThat(server.requests()).containsExactly("GET /apps/marketing/users/acme/sessions/s1");
    }
  }

  @Test
  @Timeout(20)
  void callersOfOneSessionShareTheProbe() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    HttpHandler slow =
        exchange -> {
          asked.countDown();
          await(released);
          Loopback.reply(exchange, 404, "");
        };
    try (Loopback server = Loopback.serve(slow)) {
      AdkConnector connector = patient(server);
      List<Boolean> answers = new CopyOnWriteArrayList<>();
      Runnable ask = () -> answers.add(connector.isLost(KEY, "s1", failedRun));
      List<Thread> callers = new ArrayList<>(List.of(new Thread(ask)));
      callers.get(0).start();
      asked.await();
      for (int i = 0; i < 7; i++) {
        Thread caller = new Thread(ask);
        caller.start();
        callers.add(caller);
        while (caller.getState() != Thread.State.TIMED_WAITING) {
          Thread.onSpinWait();
        }
      }
      released.countDown();
      for (Thread caller : callers) {
        caller.join();
      }
      assertThat(answers).hasSize(8).containsOnly(true);
      assertThat(server.requests()).hasSize(1);
      assertThat(connector.isLost(KEY, "s1", failedRun)).isTrue();
      assertThat(server.requests()).as("nothing is kept").hasSize(2);
    }
  }

  private static AdkConnector patient(Loopback server) {
    Duration patience = Duration.ofSeconds(10);
    HttpClient transport = HttpClient.newHttpClient();
    return new AdkConnector(
        new AdkSessions(
            server.url(), "marketing", RestClient.builder(), transport, patience, patience),
        patience);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void serverThatIsDownIsNotALoss() {
    AdkConnector connector;
    try (Loopback server = Loopback.answering(404, "")) {
      connector = server.connector().build();
    }
    assertThat(connector.isLost(KEY, "s1", failedRun)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 408, 409, 410, 422, 429, 501, 502, 503, 504})
  void otherStatusesAreNotLossesAndAskNothing(int status) {
    try (Loopback server = Loopback.answering(404, "")) {
      byte[] body = "{\"detail\":\"Session not found\"}".getBytes(UTF_8);
      Throwable failure =
          new RestClientResponseException("", HttpStatusCode.valueOf(status), "", null, body, null);
      assertThat(server.connector().build().isLost(KEY, "s1", failure)).isFalse();
      assertThat(server.requests()).isEmpty();
    }
  }

  @Test
  void failureWithoutAnAnswerIsNotALoss() {
    try (Loopback server = Loopback.answering(404, "")) {
      Exception inner = new Exception("Session not found");
      Exception cyclic = new Exception(inner);
      inner.initCause(cyclic);
      assertThat(server.connector().build().isLost(KEY, "s1", cyclic)).isFalse();
      assertThat(server.connector().build().isLost(KEY, "s1", new StackOverflowError())).isFalse();
      assertThat(server.requests()).isEmpty();
    }
  }
}
