package dev.switchboard.connector;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import dev.switchboard.session.SessionKey;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientResponseException;

@Timeout(20)
class AdkConnectorTransportTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "acme");
  private static final Duration SHORT = Duration.ofMillis(100);
  private static final long GIGABYTE = 1L << 30;

  private final CountDownLatch hungUp = new CountDownLatch(1);
  private final AtomicLong written = new AtomicLong();

  @Test
  void hangingOpenAndCloseEndByTheirTimeout() {
    try (Loopback server = Loopback.serve(this::hang)) {
      AdkConnector connector = server.connector().readTimeout(SHORT).build();
      assertThatThrownBy(() -> connector.open(KEY))
          .isInstanceOf(ResourceAccessException.class)
          .hasMessage("POST at the ADK server of app 'marketing' failed: timed out")
          .hasCauseInstanceOf(HttpTimeoutException.class);
      assertThatThrownBy(() -> connector.close(KEY, "s1"))
          .hasCauseInstanceOf(HttpTimeoutException.class);
      hungUp.countDown();
    }
  }

  @Test
  void hangingProbeEndsByItsOwnTimeout() {
    try (Loopback server = Loopback.serve(this::hang)) {
      AdkConnector connector = server.connector().probeTimeout(SHORT).build();
      Throwable failure = new HttpServerErrorException(HttpStatusCode.valueOf(500));
      assertThat(connector.isLost(KEY, "s1", failure)).isFalse();
      hungUp.countDown();
    }
  }

  @Test
  void replyThatNeverEndsEndsByTheTimeout() {
    HttpHandler unfinished =
        exchange -> {
          exchange.sendResponseHeaders(200, GIGABYTE);
          exchange.getResponseBody().write('{');
          exchange.getResponseBody().flush();
          hang(exchange);
        };
    try (Loopback server = Loopback.serve(unfinished)) {
      AdkConnector connector = server.connector().readTimeout(SHORT).build();
      assertThatThrownBy(() -> connector.open(KEY)).isInstanceOf(ResourceAccessException.class);
      hungUp.countDown();
    }
  }

  private void hang(HttpExchange exchange) {
    try {
      hungUp.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void refusedConnectionStaysTellable() {
    AdkConnector connector;
    try (Loopback server = Loopback.answering(200, "")) {
      connector = server.connector().build();
    }
    assertThatThrownBy(() -> connector.open(KEY))
        .isInstanceOf(ResourceAccessException.class)
        .hasCauseInstanceOf(ConnectException.class);
  }

  @Test
  void interruptEndsAnOpenAndStays() throws InterruptedException {
    CountDownLatch arrived = new CountDownLatch(1);
    HttpHandler hanging =
        exchange -> {
          arrived.countDown();
          hang(exchange);
        };
    try (Loopback server = Loopback.serve(hanging)) {
      AdkConnector connector = server.connector().build();
      StringBuilder seen = new StringBuilder();
      Thread caller =
          new Thread(
              () -> {
                try {
                  connector.open(KEY);
                } catch (ResourceAccessException e) {
                  seen.append(e.getCause()).append(Thread.currentThread().isInterrupted());
                }
              });
      caller.start();
      arrived.await();
      caller.interrupt();
      caller.join();
      assertThat(seen).hasToString("java.io.InterruptedIOException: interruptedtrue");
      hungUp.countDown();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {301, 302, 303, 307, 308})
  void redirectsAreNotFollowed(int status) {
    HttpHandler redirecting =
        exchange -> {
          exchange.getResponseHeaders().set("Location", "/elsewhere");
          Loopback.reply(exchange, status, "");
        };
    try (Loopback server = Loopback.serve(redirecting)) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.open(KEY))
          .isInstanceOf(RestClientResponseException.class)
          .hasMessageContaining("was answered " + status);
      assertThatThrownBy(() -> connector.close(KEY, "s1"))
          .isInstanceOf(RestClientResponseException.class);
      assertThat(server.requests()).hasSize(2).noneMatch(r -> r.contains("elsewhere"));
    }
  }

  @Test
  void gigabyteOfAReplyIsRefusedUnread() throws InterruptedException {
    try (Loopback server = Loopback.serve(exchange -> flood(exchange, 200))) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.open(KEY))
          .isInstanceOf(ResourceAccessException.class)
          .hasMessageEndingWith("failed: the reply was longer than 65536 bytes");
      hungUp.await();
      assertThat(written).hasValueLessThan(GIGABYTE / 8);
    }
  }

  @Test
  void gigabyteOfAnErrorKeepsItsStatusAndRetryAfter() throws InterruptedException {
    try (Loopback server = Loopback.serve(exchange -> flood(exchange, 503))) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.open(KEY))
          .isInstanceOfSatisfying(
              HttpServerErrorException.ServiceUnavailable.class,
              e -> assertThat(retryAfter(e)).isEqualTo("7"));
      hungUp.await();
      assertThat(written).hasValueLessThan(GIGABYTE / 8);
    }
  }

  /** Writes until the client hangs up. */
  private void flood(HttpExchange exchange, int status) throws IOException {
    byte[] block = "x".repeat(8192).getBytes(UTF_8);
    exchange.getResponseHeaders().set("Retry-After", "7");
    exchange.sendResponseHeaders(status, GIGABYTE);
    OutputStream body = exchange.getResponseBody();
    try {
      while (written.get() < GIGABYTE) {
        body.write(block);
        written.addAndGet(block.length);
      }
    } finally {
      hungUp.countDown();
    }
  }

  @Test
  void statusAndRetryAfterStayReachable() {
    HttpHandler busy =
        exchange -> {
          exchange.getResponseHeaders().set("Retry-After", "3");
          Loopback.reply(exchange, 429, "{}");
        };
    try (Loopback server = Loopback.serve(busy)) {
      AdkConnector connector = server.connector().build();
      assertThatThrownBy(() -> connector.close(KEY, "s1"))
          .hasMessage(
              "DELETE at the ADK server of app 'marketing' was answered 429 Too Many Requests")
          .isInstanceOfSatisfying(
              HttpClientErrorException.TooManyRequests.class,
              e -> assertThat(retryAfter(e)).isEqualTo("3"));
    }
  }

  private static @Nullable String retryAfter(RestClientResponseException e) {
    HttpHeaders headers = e.getResponseHeaders();
    return headers == null ? null : headers.getFirst(HttpHeaders.RETRY_AFTER);
  }
}
