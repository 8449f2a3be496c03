package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Loopback;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.JdkClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestTemplateAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.WebClientCustomizer;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.reactive.function.client.WebClient;

/** What the builders that Boot configures add to requests, as a real server sees it. */
class SwitchboardHttpAutoConfigurationTests {

  private static final String KEY = "Idempotency-Key";

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withUserConfiguration(Marketing.Application.class)
          .withConfiguration(
              AutoConfigurations.of(
                  HttpClientAutoConfiguration.class,
                  ImperativeHttpClientAutoConfiguration.class,
                  ReactiveHttpClientAutoConfiguration.class,
                  RestClientAutoConfiguration.class,
                  RestTemplateAutoConfiguration.class,
                  WebClientAutoConfiguration.class));

  private Loopback server;

  enum Builder {
    REST_CLIENT {
      @Override
      String ask(ApplicationContext context, URI uri) {
        RestClient http = context.getBean(RestClient.Builder.class).build();
        return http.get().uri(uri).retrieve().requiredBody(String.class);
      }
    },
    REST_TEMPLATE {
      @Override
      String ask(ApplicationContext context, URI uri) {
        return Objects.requireNonNull(
            context.getBean(RestTemplateBuilder.class).build().getForObject(uri, String.class));
      }
    },
    WEB_CLIENT {
      @Override
      String ask(ApplicationContext context, URI uri) {
        WebClient http = context.getBean(WebClient.Builder.class).build();
        return Objects.requireNonNull(
            http.get().uri(uri).retrieve().bodyToMono(String.class).block());
      }
    };

    abstract String ask(ApplicationContext context, URI uri);
  }

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Asks in a retried call with a session. */
  private static String ask(Builder builder, ApplicationContext context, URI uri, Duration time) {
    RetryExecutor retries = context.getBean(RetryExecutor.class);
    RetryOperation operation =
        retries.operation("other", RetryPolicy.builder().maxRetries(0).timeout(time).build());
    SessionKey key = SessionKey.of("marketing", "acme");
    return retries.call(
        operation,
        attempt ->
            context
                .getBean(SpecialistSessions.class)
                .call(key, SessionPolicy.DEFAULT, session -> builder.ask(context, uri)));
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsAddedUnlessAsked(Builder builder) {
    runner.run(
        context -> {
          ask(builder, context, server.at("/ask"), Duration.ofHours(1));
          assertThat(server.headers(KEY)).containsOnlyNulls().hasSize(1);
          assertThat(server.requests().get(0).headers().toString()).doesNotContain("secret");
        });
  }

  @ParameterizedTest
  @EnumSource
  void requestsTellTheirAttemptWhereThatIsOn(Builder builder) {
    runner
        .withPropertyValues("switchboard.http.enabled=true")
        .run(
            context -> {
              ask(builder, context, server.at("/ask"), Duration.ofHours(1));
              assertThat(server.headers(KEY)).doesNotContainNull().hasSize(1);
              assertThat(server.headers("Attempt-Number")).containsExactly("1");
              assertThat(server.requests().get(0).headers().toString()).doesNotContain("secret");
            });
  }

  @ParameterizedTest
  @EnumSource
  void configuredHeaderCarriesTheSession(Builder builder) {
    runner
        .withPropertyValues("switchboard.specialists.marketing.session-header=X-Conversation")
        .run(
            context -> {
              builder.ask(context, server.at("/ask"));
              ask(builder, context, server.at("/ask"), Duration.ofHours(1));
              assertThat(server.requests().get(0).header("X-Conversation")).isNull();
              assertThat(server.requests().get(1).header("X-Conversation")).isEqualTo("secret-1");
              assertThat(server.headers(KEY)).containsOnlyNulls();
            });
  }

  @Test
  void headerThatIsNoneStopsStartup() {
    Refusals.refuses(
        "specialists.marketing.session-header must be the name of an HTTP header but was"
            + " 'X Conversation'",
        "specialists.marketing.session-header=X Conversation");
  }

  /** Without a timeout of the request these would wait until the server closes. */
  @ParameterizedTest
  @EnumSource
  @Timeout(30)
  void responsesAreAwaitedNoLongerThanTheTimeLeft(Builder builder) {
    runner
        .withPropertyValues("switchboard.http.enabled=true")
        .run(
            context ->
                assertThatThrownBy(
                        () -> ask(builder, context, server.at("/silence"), Duration.ofMillis(150)))
                    .hasMessageNotContaining("secret"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdk", "simple"})
  @Timeout(30)
  void clientsTakeTheShorterTime(String factory) {
    runner
        .withPropertyValues(
            "switchboard.http.enabled=true", "spring.http.clients.imperative.factory=" + factory)
        .run(
            context ->
                assertThatThrownBy(
                        () ->
                            ask(
                                Builder.REST_CLIENT,
                                context,
                                server.at("/silence"),
                                Duration.ofMillis(150)))
                    .rootCause()
                    .satisfies(SwitchboardHttpAutoConfigurationTests::isTimeout));
    runner
        .withPropertyValues(
            "switchboard.http.enabled=true",
            "spring.http.clients.imperative.factory=" + factory,
            "spring.http.clients.read-timeout=150ms")
        .run(
            context ->
                assertThatThrownBy(
                        () ->
                            ask(
                                Builder.REST_CLIENT,
                                context,
                                server.at("/silence"),
                                Duration.ofDays(300)))
                    .rootCause()
                    .satisfies(SwitchboardHttpAutoConfigurationTests::isTimeout));
  }

  private static void isTimeout(Throwable cause) {
    assertThat(cause.getClass().getSimpleName()).contains("Timeout");
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnClients {

    @Bean
    JdkClientHttpRequestFactoryBuilder ownClients() {
      return ClientHttpRequestFactoryBuilder.jdk();
    }
  }

  /** As a client's own type it could not be injected any more if it were wrapped. */
  @Test
  void builderOfTheApplicationsOwnTypeStaysWhatItIs() {
    runner
        .withUserConfiguration(OwnClients.class)
        .withPropertyValues("switchboard.http.enabled=true")
        .run(
            context -> assertThat(context).hasSingleBean(JdkClientHttpRequestFactoryBuilder.class));
  }

  @Test
  void clientsThatAreMissingAreNoTrouble() {
    for (Class<?> missing :
        new Class<?>[] {
          RestClient.class, WebClient.class, RestClientCustomizer.class, WebClientCustomizer.class
        }) {
      Contexts.runner()
          .withUserConfiguration(Marketing.Application.class)
          .withPropertyValues(
              "switchboard.http.enabled=true",
              "switchboard.specialists.marketing.session-header=X-Conversation")
          .withClassLoader(new FilteredClassLoader(missing))
          .run(context -> assertThat(context).hasNotFailed());
    }
  }
}
