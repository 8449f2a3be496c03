package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Loopback;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.KeyPart;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration;
import org.springframework.boot.webclient.autoconfigure.service.ReactiveHttpServiceClientAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestAttribute;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.reactive.function.client.WebClientResponseException;
import org.springframework.web.service.annotation.HttpExchange;
import org.springframework.web.service.annotation.PostExchange;
import org.springframework.web.service.registry.HttpServiceGroup.ClientType;
import org.springframework.web.service.registry.ImportHttpServices;
import reactor.core.publisher.Mono;

/** HTTP service interfaces whose methods are annotated themselves, against a real server. */
class HttpExchangeTests {

  /** The tenant is nothing of the request's, the conversation is. */
  @HttpExchange("/chats")
  public interface Writer {

    @PostExchange("/{chat}")
    @SpecialistSession(specialist = "writer", lostOn = HttpClientErrorException.NotFound.class)
    @RequestScopedRetry(maxRetries = 2, includes = HttpServerErrorException.class)
    String ask(
        @Tenant @RequestAttribute("tenant") String tenant,
        @KeyPart @PathVariable("chat") String chat,
        @RequestBody String message);
  }

  /** Of WebClient, which answers later. */
  @HttpExchange("/poems")
  public interface Poet {

    @PostExchange
    @SpecialistSession(specialist = "poet", lostOn = WebClientResponseException.NotFound.class)
    @RequestScopedRetry(maxRetries = 2, includes = WebClientResponseException.class)
    Mono<String> ask(@Tenant @RequestAttribute("tenant") String tenant, @RequestBody String wish);
  }

  @Configuration(proxyBeanMethods = false)
  @ImportHttpServices(group = "poet", types = Poet.class, clientType = ClientType.WEB_CLIENT)
  static class ReactiveApplication {

    @Bean
    FakeSpecialist poetConnector() {
      return new FakeSpecialist("session");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportHttpServices(group = "writer", types = Writer.class)
  static class Application {

    @Bean
    FakeSpecialist writerConnector() {
      return new FakeSpecialist("session");
    }
  }

  private Loopback server;

  @BeforeEach
  void start() throws IOException {
    server = new Loopback();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private ApplicationContextRunner runner() {
    return Contexts.runner()
        .withUserConfiguration(Application.class)
        .withConfiguration(
            AutoConfigurations.of(
                HttpClientAutoConfiguration.class,
                ImperativeHttpClientAutoConfiguration.class,
                RestClientAutoConfiguration.class,
                HttpServiceClientPropertiesAutoConfiguration.class,
                HttpServiceClientAutoConfiguration.class))
        .withPropertyValues(
            "spring.http.serviceclient.writer.base-url=" + server.at(""),
            "switchboard.http.enabled=true",
            "switchboard.retry.delay=1ms",
            "switchboard.specialists.writer.session-header=X-Conversation");
  }

  @Test
  void callIsRetriedWithinItsSession() {
    server.answers(503, 503);
    runner()
        .run(
            context -> {
              Writer writer = context.getBean(Writer.class);
              assertThat(writer.ask("acme", "7", "hello")).isEqualTo("done");
              writer.ask("acme", "7", "again");
              writer.ask("acme", "8", "hello");
              assertThat(server.headers("X-Conversation"))
                  .containsExactly("session-1", "session-1", "session-1", "session-1", "session-2");
              assertThat(server.headers("Attempt-Number")).containsExactly("1", "2", "3", "1", "1");
              List<String> keys = List.copyOf(server.headers("Idempotency-Key"));
              assertThat(keys.subList(0, 3)).containsOnly(keys.get(0));
              assertThat(keys.subList(2, 5)).doesNotHaveDuplicates();
              assertThat(server.requests().get(0).target()).isEqualTo("POST /chats/7");
              assertThat(server.requests().get(0).headers().toString()).doesNotContain("acme");
            });
  }

  @Test
  void lostSessionIsReopenedWithinOneAttempt() {
    server.answers(404);
    runner()
        .run(
            context -> {
              context.getBean(Writer.class).ask("acme", "7", "hello");
              assertThat(server.headers("X-Conversation"))
                  .containsExactly("session-1", "session-2");
              assertThat(server.headers("Attempt-Number")).containsExactly("1", "1");
              assertThat(server.headers("Idempotency-Key").get(0))
                  .isNotNull()
                  .isEqualTo(server.headers("Idempotency-Key").get(1));
              SessionCounts counts = context.getBean(SpecialistSessions.class).snapshot().total();
              assertThat(counts.lost()).isEqualTo(1);
            });
  }

  @Test
  void publisherIsRetriedWithinItsSessionWhichIsReopened() {
    server.answers(503, 404);
    runner()
        .withUserConfiguration(ReactiveApplication.class)
        .withConfiguration(
            AutoConfigurations.of(
                ReactiveHttpClientAutoConfiguration.class,
                WebClientAutoConfiguration.class,
                ReactiveHttpServiceClientAutoConfiguration.class))
        .withPropertyValues(
            "spring.http.serviceclient.poet.base-url=" + server.at(""),
            "switchboard.specialists.poet.session-header=X-Conversation")
        .run(
            context -> {
              Mono<String> poem = context.getBean(Poet.class).ask("acme", "an ode");
              assertThat(server.requests()).isEmpty();
              assertThat(poem.block()).isEqualTo("done");
              assertThat(server.headers("X-Conversation"))
                  .containsExactly("session-1", "session-1", "session-2");
              assertThat(server.headers("Attempt-Number")).containsExactly("1", "2", "2");
              assertThat(server.headers("Idempotency-Key"))
                  .doesNotContainNull()
                  .containsOnly(server.headers("Idempotency-Key").get(0));
            });
  }

  @Test
  void refusalReachesTheCallerAsItIs() {
    server.answers(422);
    runner()
        .run(
            context ->
                assertThatThrownBy(() -> context.getBean(Writer.class).ask("acme", "7", "hello"))
                    .isInstanceOf(HttpClientErrorException.class));
    assertThat(server.requests()).hasSize(1);
  }
}
