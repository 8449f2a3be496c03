package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

class RetryAfterTests {

  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-11-22T10:00:00Z"), ZoneOffset.UTC);

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(sleeper).clock(CLOCK).build();
  private final RetryPolicy policy =
      RetryPolicy.builder().delay(Duration.ofSeconds(2)).jitter(Duration.ZERO).build();

  @Test
  void secondsAreWaitedFor() {
    assertThat(waits("7", policy)).containsExactly(Duration.ofSeconds(7));
  }

  @Test
  void dateIsWaitedFor() {
    assertThat(waits("Sun, 22 Nov 2026 10:00:20 GMT", policy))
        .containsExactly(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "-3", "-1", "soon", "1.5", "Sun, 22 Nov 2026 09:00:00 GMT"})
  void lessThanTheDelayOrGarbageLeavesTheDelay(String value) {
    assertThat(waits(value, policy)).containsExactly(Duration.ofSeconds(2));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"31", "99999999999", "99999999999999999999", "Mon, 23 Nov 2026 10:00:00 GMT"})
  void longerThanTheMostStops(String value) {
    assertThat(waits(value, policy)).isEmpty();
  }

  @Test
  void theMostThatIsAllowedIsWaitedFor() {
    assertThat(waits("30", policy)).containsExactly(Duration.ofSeconds(30));
  }

  @Test
  void longerThanWhatRemainsStops() {
    RetryPolicy timed =
        RetryPolicy.builder().timeout(Duration.ofSeconds(20)).build().orElse(policy);
    assertThat(waits("20", timed)).isEmpty();
    assertThat(waits("19", timed)).containsExactly(Duration.ofSeconds(19));
  }

  @Test
  void webClientsFailureIsHeard() {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, "9");
    WebClientResponseException failure =
        WebClientResponseException.create(
            429, "busy", headers, new byte[0], StandardCharsets.UTF_8);
    RetryOperation operation = engine.operation("BookingDesk.ask", policy);
    swallow(() -> engine.call(operation, new Flaky(failure)));
    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(9));
  }

  @Test
  void failureWithoutHeadersLeavesTheDelay() throws Exception {
    RetryOperation operation = engine.operation("BookingDesk.ask", policy);
    engine.call(operation, new Flaky(new HttpServerErrorException(HttpStatus.BAD_GATEWAY)));
    assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(2));
  }

  /** The waits after one failure whose cause carries the header. */
  private List<Duration> waits(String retryAfter, RetryPolicy policy) {
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, retryAfter);
    Throwable failure =
        new HttpServerErrorException(
            HttpStatus.SERVICE_UNAVAILABLE, "busy", headers, new byte[0], StandardCharsets.UTF_8);
    RetryOperation operation = engine.operation("BookingDesk.ask", policy);
    sleeper.waits().clear();
    swallow(() -> engine.call(operation, new Flaky(new IllegalStateException(failure))));
    return List.copyOf(sleeper.waits());
  }
}
