package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.HttpServerErrorException;

/** Whatever a server sends as {@code Retry-After}, the caller gets its own failure, in time. */
class RetryAfterFuzzTests {

  private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
  private static final Duration DELAY = Duration.ofSeconds(2);
  private static final Duration LONGEST = Duration.ofSeconds(30);

  @Property
  void anyHeaderIsWaitedForOrIgnoredOrStops(@ForAll String header) {
    assertBounded(header);
  }

  @Property
  void whatIsNearlyRetryAfterIsToo(@ForAll("nearly") String header) {
    assertBounded(header);
  }

  @Provide
  Arbitrary<String> nearly() {
    return Arbitraries.of(
            "0",
            "1",
            "30",
            "31",
            "9223372036854775807",
            "9223372036854775808",
            "-",
            "+",
            ".",
            "e9",
            " ",
            "\t",
            ",",
            "٣",
            "Sun, ",
            "22 Nov ",
            "2026",
            " 10:00:2",
            "0",
            " GMT",
            "9999",
            "0001",
            "31 Feb",
            "24:00:00",
            ":60")
        .list()
        .ofMaxSize(7)
        .map(parts -> String.join("", parts));
  }

  @Property
  void anyDateIsWaitedForOrIgnoredOrStops(
      @ForAll @LongRange(min = -62_135_596_800L, max = 253_402_300_799L) long second) {
    Instant date = Instant.ofEpochSecond(second);
    assertBounded(DateTimeFormatter.RFC_1123_DATE_TIME.format(date.atOffset(ZoneOffset.UTC)));
  }

  private static void assertBounded(String header) {
    FakeTicker ticker = new FakeTicker();
    FakeSleeper sleeper = new FakeSleeper(ticker);
    RetryExecutor engine =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(sleeper)
            .clock(Clock.fixed(NOW, ZoneOffset.UTC))
            .build();
    RetryPolicy policy =
        RetryPolicy.builder().maxRetries(1).delay(DELAY).jitter(Duration.ZERO).build();
    HttpHeaders headers = new HttpHeaders();
    headers.set(HttpHeaders.RETRY_AFTER, header);
    RuntimeException failure =
        new HttpServerErrorException(
            HttpStatus.SERVICE_UNAVAILABLE, "busy", headers, new byte[0], StandardCharsets.UTF_8);
    assertThatThrownBy(
            () ->
                engine.call(
                    engine.operation("BookingDesk.ask", policy),
                    retry -> {
                      throw failure;
                    }))
        .isSameAs(failure);
    assertThat(sleeper.waits())
        .hasSizeLessThan(2)
        .allSatisfy(wait -> assertThat(wait).isBetween(DELAY, LONGEST));
  }
}
