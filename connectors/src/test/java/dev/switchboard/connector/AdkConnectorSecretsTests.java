package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.switchboard.session.SessionKey;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Whatever goes wrong, neither the failure nor the observation names tenant, part or session. */
@Timeout(20)
class AdkConnectorSecretsTests {

  private static final String CANARY = "canary";
  private static final SessionKey KEY = SessionKey.of("marketing", "canary/t", "canary-p");
  private static final String ID = "canary-s/1";

  private final List<String> observed = new ArrayList<>();

  @ParameterizedTest
  @ValueSource(ints = {302, 400, 404, 409, 500, 503, 599})
  void statusesWithBodiesAndHeadersThatNameThem(int status) {
    try (Loopback server = Loopback.serve(exchange -> echo(exchange, status))) {
      assertNothingTold(connector(server).build());
    }
  }

  /** As servers do: the request's path everywhere. */
  private static void echo(HttpExchange exchange, int status) throws IOException {
    String path = exchange.getRequestURI().toString();
    exchange.getResponseHeaders().set("Location", path);
    exchange.getResponseHeaders().set("X-Path", path);
    Loopback.reply(exchange, status, "{\"message\":\"" + path + " " + ID + "\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"canary", "{\"id\":canary}", "{\"canary\":[", "<canary>"})
  void repliesThatCannotBeRead(String reply) {
    try (Loopback server = Loopback.answering(200, reply)) {
      assertNothingTold(connector(server).build());
    }
  }

  @Test
  void serverThatHangs() {
    CountDownLatch done = new CountDownLatch(1);
    try (Loopback server =
        Loopback.serve(
            exchange -> {
              try {
                done.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })) {
      assertNothingTold(connector(server).readTimeout(Duration.ofMillis(50)).build());
      done.countDown();
    }
  }

  @Test
  void serverThatHangsUp() {
    try (Loopback server = Loopback.serve(HttpExchange::close)) {
      assertNothingTold(connector(server).build());
    }
  }

  @Test
  void serverThatIsDown() {
    AdkConnector connector;
    try (Loopback server = Loopback.answering(200, "")) {
      connector = connector(server).build();
    }
    assertNothingTold(connector);
  }

  @Test
  void interceptorsThatNameThem() {
    try (Loopback server = Loopback.answering(200, "")) {
      RestClient.Builder checked =
          client()
              .requestInterceptor(
                  (request, body, execution) -> {
                    throw new IOException("no way to " + request.getURI());
                  });
      assertNothingTold(connector(server).restClient(checked).build());
      RestClient.Builder unchecked =
          client()
              .requestInterceptor(
                  (request, body, execution) -> {
                    throw new IllegalStateException(
                        request.getURI().toString(), new IOException(request.getURI().toString()));
                  });
      assertNothingTold(connector(server).restClient(unchecked).build());
    }
  }

  private AdkConnectorBuilder connector(Loopback server) {
    return server.connector().restClient(client());
  }

  private RestClient.Builder client() {
    ObservationRegistry registry = ObservationRegistry.create();
    registry.observationConfig().observationHandler(new Recorder());
    return RestClient.builder().observationRegistry(registry);
  }

  private void assertNothingTold(AdkConnector connector) {
    List<String> told = new ArrayList<>();
    tell(told, () -> connector.open(KEY));
    tell(told, () -> connector.close(KEY, ID));
    assertThat(told).isNotEmpty().noneMatch(text -> text.contains(CANARY));
    assertThat(observed)
        .isNotEmpty()
        .noneMatch(text -> text.contains(CANARY))
        .anyMatch(text -> text.contains("/apps/{app}/users/{user}/sessions"));
  }

  private static void tell(List<String> told, Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      told.add(trace(e));
      if (e instanceof RestClientResponseException answer) {
        told.add(answer.getResponseHeaders() + answer.getResponseBodyAsString());
      }
    }
  }

  private static String trace(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private final class Recorder implements ObservationHandler<Observation.Context> {

    @Override
    public boolean supportsContext(Observation.Context context) {
      return true;
    }

    @Override
    public void onStop(Observation.Context context) {
      observed.add(context.getName() + context.getContextualName() + context.getAllKeyValues());
      Throwable error = context.getError();
      if (error != null) {
        observed.add(trace(error));
      }
    }
  }
}
