package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;

/** The wall clock jumps by an hour between attempts, either way. */
class ClockJumpTests {

  private static final Instant START = Instant.parse("2026-11-22T10:00:00Z");

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);

  private List<Duration> waits(int hours, String retryAfter) {
    long[] looks = new long[1];
    InstantSource jumping = () -> START.plus(Duration.ofHours(hours * looks[0]++));
    Clock clock = jumping.withZone(ZoneOffset.UTC);
    RetryExecutor engine =
        RetryExecutor.builder().ticker(ticker).sleeper(sleeper).clock(clock).build();
    RetryPolicy policy =
        RetryPolicy.builder()
            .maxRetries(9)
            .delay(Duration.ofSeconds(1))
            .maxDelay(Duration.ofSeconds(4))
            .jitter(Duration.ZERO)
            .timeout(Duration.ofSeconds(12))
            .build();
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, retryAfter);
    RuntimeException failure =
        new HttpServerErrorException(
            HttpStatus.SERVICE_UNAVAILABLE, "busy", headers, new byte[0], StandardCharsets.UTF_8);
    swallow(
        () ->
            engine.call(
                engine.operation("BookingDesk.ask", policy),
                retry -> {
                  throw failure;
                }));
    return List.copyOf(sleeper.waits());
  }

  private static List<Duration> seconds(long... seconds) {
    return Arrays.stream(seconds).mapToObj(Duration::ofSeconds).toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 1})
  void waitsAndTimeoutsAreWhatTheyWere(int hours) {
    assertThat(waits(hours, "0")).isEqualTo(seconds(1, 2, 4, 4));
    sleeper.waits().clear();
    assertThat(waits(hours, "3")).isEqualTo(seconds(3, 3, 4));
  }

  /** A date has no other clock to be held against; what comes of it stays bounded. */
  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void aDateIsWaitedForNoLongerThanAllowed(int hours) {
    assertThat(waits(hours, "Sun, 22 Nov 2026 10:00:03 GMT"))
        .isNotEmpty()
        .allSatisfy(wait -> assertThat(wait).isLessThanOrEqualTo(Duration.ofSeconds(4)));
  }
}
