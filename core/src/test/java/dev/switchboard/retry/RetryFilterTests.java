package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.NonRetryable;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatusCode;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;
import org.springframework.web.client.UnknownHttpStatusCodeException;
import org.springframework.web.reactive.function.client.WebClientResponseException;

class RetryFilterTests {

  private static final class Lost extends RuntimeException implements NonRetryable {
    private static final long serialVersionUID = 1L;
  }

  static Stream<Throwable> guarded() {
    return Stream.of(
        new OutOfMemoryError(),
        new InterruptedException(),
        new ClosedByInterruptException(),
        new InterruptedIOException(),
        new CancellationException(),
        new Lost(),
        new InvalidDeclarationException("no connector", "Declare one."),
        http(404),
        webClient(404));
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void whatTryingAgainDoesNotMendIsNotRetried(Throwable failure) {
    assertThat(matches(policy(), failure)).isFalse();
    assertThat(matches(policy(), new IllegalStateException(new ExecutionException(failure))))
        .isFalse();
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void wideTypesDoNotListIt(Throwable failure) {
    RetryPolicy.Builder wide =
        policy()
            .include(Throwable.class)
            .include(Exception.class)
            .include(RuntimeException.class)
            .include(IOException.class)
            .include(RestClientException.class)
            .include(RestClientResponseException.class);
    assertThat(matches(wide, failure)).isFalse();
  }

  @ParameterizedTest
  @MethodSource("guarded")
  void listedItIsRetried(Throwable failure) {
    assertThat(matches(policy().include(failure.getClass()), failure)).isTrue();
    assertThat(matches(policy().include(failure.getClass()), new Exception(failure))).isTrue();
  }

  @Test
  void aRefusalWithAnUnknownStatusIsRetriedWhereListed() {
    UnknownHttpStatusCodeException closed =
        new UnknownHttpStatusCodeException(499, "closed", new HttpHeaders(), new byte[0], null);
    assertThat(matches(policy(), closed)).isFalse();
    assertThat(matches(policy().include(HttpStatusCodeException.class), http(404))).isFalse();
    assertThat(matches(policy().include(UnknownHttpStatusCodeException.class), closed)).isTrue();
  }

  @Test
  void listingTheGuardedTypeListsItsSubtypes() {
    assertThat(matches(policy().include(Error.class), new OutOfMemoryError())).isTrue();
    assertThat(matches(policy().include(StackOverflowError.class), new OutOfMemoryError()))
        .isFalse();
    assertThat(matches(policy().include(HttpClientErrorException.class), http(404))).isTrue();
    assertThat(matches(policy().include(WebClientResponseException.NotFound.class), webClient(404)))
        .isTrue();
    assertThat(matches(policy().include(WebClientResponseException.class), webClient(404)))
        .isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 404, 499})
  void statusThatStaysIsNotRetried(int status) {
    assertThat(matches(policy(), http(status))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 425, 429, 500, 503})
  void statusThatMayPassIsRetried(int status) {
    assertThat(matches(policy(), http(status))).isTrue();
    assertThat(matches(policy(), webClient(status))).isTrue();
  }

  @Test
  void socketTimeoutIsNoInterrupt() {
    assertThat(matches(policy(), new SocketTimeoutException())).isTrue();
  }

  @Test
  void onlyIncludedTypesAreRetriedCausesToo() {
    RetryPolicy.Builder included = policy().include(IOException.class);
    assertThat(matches(included, new IOException())).isTrue();
    assertThat(matches(included, new IllegalStateException(new IOException()))).isTrue();
    assertThat(matches(included, new IllegalStateException())).isFalse();
  }

  @Test
  void excludedTypesWinCausesToo() {
    RetryPolicy.Builder policy =
        policy().include(Exception.class).exclude(IllegalArgumentException.class);
    assertThat(matches(policy, new NumberFormatException())).isFalse();
    assertThat(matches(policy, new Exception(new IllegalArgumentException()))).isFalse();
    assertThat(matches(policy, new Exception())).isTrue();
    assertThat(matches(policy().include(Lost.class).exclude(Lost.class), new Lost())).isFalse();
  }

  @Test
  void circleOfCausesHasAnEnd() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);
    assertThat(matches(policy().include(IOException.class), one)).isFalse();
    assertThat(matches(policy(), one)).isTrue();
  }

  private static RetryPolicy.Builder policy() {
    return RetryPolicy.builder();
  }

  private static boolean matches(RetryPolicy.Builder policy, Throwable failure) {
    return new RetryFilter(policy.build()).matches(RetryFilter.chain(failure));
  }

  private static RestClientException http(int status) {
    HttpStatusCode code = HttpStatusCode.valueOf(status);
    return code.is4xxClientError()
        ? new HttpClientErrorException(code)
        : new HttpServerErrorException(code);
  }

  private static WebClientResponseException webClient(int status) {
    return WebClientResponseException.create(status, "no", new HttpHeaders(), new byte[0], null);
  }
}
