package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Loopback;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.http.HttpHeaders;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClientException;
import org.springframework.web.reactive.function.client.WebClient;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

/** What each client tells a real server of the attempt that it works for. */
class RetryHeadersTests {

  private static final String KEY = "Idempotency-Key";
  private static final String ATTEMPT = "Attempt-Number";

  private final RetryExecutor engine = RetryExecutor.builder().sleeper(wait -> {}).build();
  private Loopback server;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private RetryOperation operation(RetryPolicy.Builder policy) {
    return engine.operation("BookingDesk.ask", policy.build());
  }

  @ParameterizedTest
  @EnumSource
  void attemptsOfACallHaveOneKeyAndRisingNumbers(HttpClients client) {
    server.answers(503, 429);
    List<UUID> ids = new ArrayList<>();
    engine.call(
        operation(RetryPolicy.builder().maxRetries(2)),
        attempt -> {
          ids.add(attempt.invocationId());
          return client.post(server.at("/ask"), new HttpHeaders());
        });
    String id = ids.get(0).toString();
    assertThat(server.headers(KEY)).containsExactly(id, id, id);
    assertThat(server.headers(ATTEMPT)).containsExactly("1", "2", "3");
  }

  @ParameterizedTest
  @EnumSource
  void callsHaveKeysOfTheirOwn(HttpClients client) {
    RetryOperation ask = operation(RetryPolicy.builder());
    engine.call(ask, attempt -> client.post(server.at("/ask"), new HttpHeaders()));
    engine.call(ask, attempt -> client.post(server.at("/ask"), new HttpHeaders()));
    assertThat(server.headers(KEY)).doesNotHaveDuplicates().doesNotContainNull();
  }

  @ParameterizedTest
  @EnumSource
  void nestedCallsHaveKeysOfTheirOwn(HttpClients client) {
    RetryOperation plan = engine.operation("Planner.plan", RetryPolicy.builder().build());
    RetryOperation ask = operation(RetryPolicy.builder());
    String outer =
        engine.call(
            plan,
            attempt -> {
              engine.call(ask, inner -> client.post(server.at("/ask"), new HttpHeaders()));
              client.post(server.at("/plan"), new HttpHeaders());
              return attempt.invocationId().toString();
            });
    assertThat(server.requests().get(0).header(KEY)).isNotNull().isNotEqualTo(outer);
    assertThat(server.requests().get(1).header(KEY)).isEqualTo(outer);
  }

  @ParameterizedTest
  @EnumSource
  void whatTheMethodHasSetStays(HttpClients client) {
    HttpHeaders own = new HttpHeaders();
    own.set(KEY, "order-7");
    engine.call(operation(RetryPolicy.builder()), attempt -> client.post(server.at("/ask"), own));
    assertThat(server.headers(KEY)).containsExactly("order-7");
    assertThat(server.headers(ATTEMPT)).containsExactly("1");
  }

  @ParameterizedTest
  @EnumSource
  void requestOutsideAnAttemptCarriesNothing(HttpClients client) {
    client.post(server.at("/ask"), new HttpHeaders());
    assertThat(server.headers(KEY)).containsExactly((String) null);
    assertThat(server.headers(ATTEMPT)).containsExactly((String) null);
  }

  /** Without a timeout of the request this would wait until the server closes. */
  @ParameterizedTest
  @EnumSource
  @Timeout(30)
  void responseIsAwaitedNoLongerThanTheTimeLeft(HttpClients client) {
    RetryOperation ask = operation(RetryPolicy.builder().timeout(Duration.ofMillis(150)));
    assertThatThrownBy(
            () ->
                engine.call(ask, attempt -> client.post(server.at("/silence"), new HttpHeaders())))
        .isInstanceOfAny(RestClientException.class, WebClientRequestException.class)
        .rootCause()
        .satisfies(cause -> assertThat(cause.getClass().getSimpleName()).contains("Timeout"));
  }

  @ParameterizedTest
  @EnumSource
  void refusalIsNotTriedAgain(HttpClients client) {
    server.answers(422);
    assertThatThrownBy(
            () ->
                engine.call(
                    operation(RetryPolicy.builder()),
                    attempt -> client.post(server.at("/ask"), new HttpHeaders())))
        .hasMessageContaining("422");
    assertThat(server.requests()).hasSize(1);
  }

  /** The attempt is told whatever thread makes it, and other subscribers' attempts are not. */
  @Test
  void publishersAttemptsAreTold() {
    WebClient http =
        WebClient.builder()
            .clientConnector(new JdkClientHttpConnector())
            .filter(new RetryHeadersFilter())
            .build();
    Mono<String> reply = http.get().uri(server.at("/ask")).retrieve().bodyToMono(String.class);
    Mono<String> retried =
        RetryPublishers.mono(
            engine, operation(RetryPolicy.builder().delay(Duration.ZERO)), attempt -> reply);
    server.answers(503, 503);
    retried.block();
    retried.block();
    List<@Nullable String> keys = server.headers(KEY);
    assertThat(server.headers(ATTEMPT)).containsExactly("1", "2", "3", "1");
    assertThat(keys.subList(0, 3)).doesNotContainNull().containsOnly(keys.get(0));
    assertThat(keys.get(3)).isNotNull().isNotEqualTo(keys.get(0));
  }
}
