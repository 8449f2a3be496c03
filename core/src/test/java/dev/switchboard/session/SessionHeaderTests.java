package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Loopback;
import dev.switchboard.ThreadBindings;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryHeadersFilter;
import dev.switchboard.retry.RetryHeadersInterceptor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.client.reactive.JdkClientHttpConnector;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Mono;

/** Which requests carry a session's id, as a real server sees it. */
class SessionHeaderTests {

  private static final String HEADER = "X-Conversation";
  private static final Map<String, String> HEADERS = Map.of("marketing", HEADER);
  private static final SessionKey STOREFRONT = SessionKey.of("storefront", "acme");

  private Loopback server;

  enum Client {
    REST_CLIENT {
      @Override
      String ask(Loopback server, Map<String, String> own) {
        return RestClient.builder()
            .requestInterceptor(new SessionHeaderInterceptor(HEADERS))
            .requestInterceptor(new RetryHeadersInterceptor())
            .build()
            .get()
            .uri(server.at("/ask"))
            .headers(headers -> headers.setAll(own))
            .retrieve()
            .requiredBody(String.class);
      }
    },
    WEB_CLIENT {
      @Override
      String ask(Loopback server, Map<String, String> own) {
        return Objects.requireNonNull(
            WebClient.builder()
                .clientConnector(new JdkClientHttpConnector())
                .filter(new SessionHeaderFilter(HEADERS))
                .filter(new RetryHeadersFilter())
                .build()
                .get()
                .uri(server.at("/ask"))
                .headers(headers -> headers.setAll(own))
                .retrieve()
                .bodyToMono(String.class)
                .block());
      }
    };

    abstract String ask(Loopback server, Map<String, String> own);

    String ask(Loopback server) {
      return ask(server, Map.of());
    }
  }

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private static List<@Nullable String> just(@Nullable String... values) {
    return Arrays.asList(values);
  }

  @ParameterizedTest
  @EnumSource
  void requestOfACallCarriesItsSession(Client client) {
    try (Engine engine = new Engine()) {
      client.ask(server);
      engine.sessions.call(ACME, SessionPolicy.DEFAULT, session -> client.ask(server));
      client.ask(server);
    }
    assertThat(server.headers(HEADER)).isEqualTo(just(null, "id-1", null));
  }

  @Test
  void publishersRequestCarriesItsSession() {
    try (Engine engine = new Engine()) {
      Mono<String> reply = request().retrieve().bodyToMono(String.class);
      SessionPublishers.mono(engine.sessions, ACME, SessionPolicy.DEFAULT, session -> reply)
          .block();
      reply.block();
    }
    assertThat(server.headers(HEADER)).isEqualTo(just("id-1", null));
  }

  /** What was left behind must not name a session that may be closed, or another's by now. */
  @Test
  void requestAfterTheEndCarriesNothing() {
    try (Engine engine = new Engine()) {
      ThreadBindings left =
          engine.sessions.call(ACME, SessionPolicy.DEFAULT, session -> ThreadBindings.capture());
      ThreadBindings before = left.bind();
      Client.REST_CLIENT.ask(server);
      before.bind();
    }
    assertThat(server.headers(HEADER)).isEqualTo(just((String) null));
  }

  private WebClient.RequestHeadersSpec<?> request() {
    return WebClient.builder()
        .clientConnector(new JdkClientHttpConnector())
        .filter(new SessionHeaderFilter(HEADERS))
        .build()
        .get()
        .uri(server.at("/ask"));
  }

  @ParameterizedTest
  @EnumSource
  void callOfAnotherSpecialistWithinCarriesNone(Client client) {
    try (Engine engine = new Engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session ->
              engine.sessions.call(STOREFRONT, SessionPolicy.DEFAULT, other -> client.ask(server)));
    }
    assertThat(server.headers(HEADER)).isEqualTo(just((String) null));
  }

  /** The connector's server may be another's, which is not to know the session around. */
  @ParameterizedTest
  @EnumSource
  void whatAConnectorAsksCarriesNeitherSessionNorKey(Client client) {
    SpecialistConnector connector =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return client.ask(server);
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            client.ask(server);
            return false;
          }
        };
    RetryExecutor retries = RetryExecutor.builder().build();
    RetryOperation plan =
        retries.operation("Planner.plan", RetryPolicy.builder().maxRetries(0).build());
    try (Engine outer = new Engine();
        Engine inner = new Engine(connector, settings -> settings)) {
      assertThatThrownBy(
              () ->
                  retries.call(
                      plan,
                      attempt ->
                          outer.sessions.call(
                              ACME,
                              SessionPolicy.DEFAULT,
                              session ->
                                  inner.sessions.call(
                                      ACME,
                                      SessionPolicy.DEFAULT,
                                      nested -> {
                                        throw new IllegalStateException("failed");
                                      }))))
          .hasMessage("failed");
    }
    assertThat(server.requests()).hasSize(2);
    assertThat(server.headers(HEADER)).containsOnlyNulls();
    assertThat(server.headers("Idempotency-Key")).containsOnlyNulls();
  }

  /** What a connector calls by annotated methods are calls again. */
  @ParameterizedTest
  @EnumSource
  void callWithinAConnectorCarriesItsOwnSession(Client client) {
    try (Engine helper = new Engine()) {
      SpecialistConnector connector =
          key -> helper.sessions.call(ACME, SessionPolicy.DEFAULT, session -> client.ask(server));
      try (Engine engine = new Engine(connector, settings -> settings)) {
        engine.idOf(ACME);
      }
    }
    assertThat(server.headers(HEADER)).isEqualTo(just("id-1"));
  }

  @ParameterizedTest
  @EnumSource
  void idIsSentOnceItIsLearned(Client client) {
    try (Engine engine = new Engine(key -> null, settings -> settings)) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            client.ask(server);
            session.bind("learned");
            return client.ask(server);
          });
    }
    assertThat(server.headers(HEADER)).isEqualTo(just(null, "learned"));
  }

  @ParameterizedTest
  @EnumSource
  void headerThatIsSetStays(Client client) {
    try (Engine engine = new Engine()) {
      engine.sessions.call(
          ACME, SessionPolicy.DEFAULT, session -> client.ask(server, Map.of(HEADER, "mine")));
    }
    assertThat(server.headers(HEADER)).isEqualTo(just("mine"));
  }

  /** Clients would print it, or send something else. */
  @ParameterizedTest
  @EnumSource
  void idThatIsNoHeaderIsRefusedWithoutItsValue(Client client) {
    try (Engine engine = new Engine(key -> "gehört-acme", settings -> settings)) {
      assertThatThrownBy(
              () ->
                  engine.sessions.call(ACME, SessionPolicy.DEFAULT, session -> client.ask(server)))
          .hasMessage(
              "the id of a session of specialist 'marketing' has characters that the header"
                  + " X-Conversation cannot carry")
          .hasNoCause();
    }
    assertThat(server.requests()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "X Session", "X-Session:", "X-Säßion", "X\r\nSet"})
  void nameThatIsNoHeaderIsRefused(String name) {
    assertThatThrownBy(() -> new SessionHeaderInterceptor(Map.of("marketing", name)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sessionHeader must be the name of an HTTP header but was '" + name + "'");
  }

  @Test
  void specialistsNamesAreAlikeButForDashes() {
    SessionKey key = SessionKey.of("mar-keting", "acme");
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("mar-keting", any -> "id").build()) {
      sessions.call(key, SessionPolicy.DEFAULT, session -> Client.REST_CLIENT.ask(server));
    }
    assertThat(server.headers(HEADER)).isEqualTo(just("id"));
  }
}
