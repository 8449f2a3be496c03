package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.autoconfigure.SwitchboardEndpoint.SettingReport;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class SwitchboardEndpointTests {

  private static final String PATH = "/actuator/switchboard";

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withUserConfiguration(Marketing.Application.class)
          .withPropertyValues("management.endpoints.web.exposure.include=switchboard");

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Marketing.Application.class)
  static class Web {}

  /** A real server, asked over HTTP. */
  private static void serve(Consumer<Server> test, String... properties) {
    try (ConfigurableApplicationContext context =
        new SpringApplicationBuilder(Web.class)
            .properties("server.port=0", "spring.main.banner-mode=off", "switchboard.store=local")
            .properties(properties)
            .run()) {
      String port =
          Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
      test.accept(new Server(context, "http://localhost:" + port));
    }
  }

  private record Server(ConfigurableApplicationContext context, String url) {

    HttpResponse<String> get(String path) {
      return send(HttpRequest.newBuilder(URI.create(url + path)));
    }

    HttpResponse<String> post(String json) {
      return send(
          HttpRequest.newBuilder(URI.create(url + PATH))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofString(json)));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) {
      try {
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    String ask(String tenant) {
      return context.getBean(Marketing.class).ask(tenant);
    }
  }

  @Test
  void settingsNameTheirOrigins() {
    runner
        .withPropertyValues(
            "switchboard.session.ttl=8h",
            "switchboard.specialists.marketing.max-size=7",
            "switchboard.retry.operations.Marketing.ask.delay=1s",
            "switchboard.retry.max-delay=20s")
        .run(
            context -> {
              SwitchboardEndpoint.Report report =
                  context.getBean(SwitchboardEndpoint.class).report();
              assertThat(Objects.requireNonNull(report.specialists().get("marketing")).settings())
                  .containsEntry("ttl", setting("8h", "switchboard.session.ttl"))
                  .containsEntry(
                      "idle-timeout", setting("5m", "@SpecialistSession on Marketing.ask"))
                  .containsEntry(
                      "max-size", setting(7, "switchboard.specialists.marketing.max-size"))
                  .containsEntry("open-timeout", setting("30s", "default"));
              assertThat(report.operations()).hasSize(1);
              assertThat(report.operations().get(0).settings())
                  .containsEntry(
                      "includes",
                      setting(
                          List.of("java.lang.IllegalStateException"),
                          "@RequestScopedRetry on Marketing.ask"))
                  .containsEntry("max-retries", setting(2, "@RequestScopedRetry on Marketing.ask"))
                  .containsEntry(
                      "delay", setting("1s", "switchboard.retry.operations.Marketing.ask.delay"))
                  .containsEntry("max-delay", setting("20s", "switchboard.retry.max-delay"))
                  .containsEntry("multiplier", setting(2.0, "default"));
            });
  }

  private static SettingReport setting(Object value, String origin) {
    return new SettingReport(value, origin);
  }

  @Test
  void exactlyOneThingIsEvicted() {
    runner.run(
        context -> {
          SwitchboardEndpoint endpoint = context.getBean(SwitchboardEndpoint.class);
          context.getBean(Marketing.class).ask("acme");
          assertThatThrownBy(() -> endpoint.evict("acme", "marketing"))
              .isInstanceOf(InvalidEndpointRequestException.class)
              .hasMessageNotContaining("acme");
          assertThatThrownBy(() -> endpoint.evict(null, "Acme!"))
              .isInstanceOf(InvalidEndpointRequestException.class)
              .hasMessageNotContaining("Acme");
          assertThat(context.getBean(SpecialistSessions.class).snapshot().total().live())
              .isEqualTo(1);
        });
  }

  @Test
  void itIsNotExposedByDefault() {
    serve(server -> assertThat(server.get(PATH).statusCode()).isEqualTo(404));
    Contexts.runner()
        .withUserConfiguration(Marketing.Application.class)
        .run(context -> assertThat(context).doesNotHaveBean(SwitchboardEndpoint.class));
  }

  @Test
  void itTellsAndEvictsOverHttpWithoutTenantsAndIds() {
    serve(
        server -> {
          assertThat(server.ask("acme")).isEqualTo("secret-1");
          server.ask("globex");
          server.ask("initech");
          HttpResponse<String> told = server.get(PATH);
          assertThat(told.statusCode()).isEqualTo(200);
          assertThat(told.body())
              .doesNotContain("acme")
              .doesNotContain("globex")
              .doesNotContain("secret");
          JsonNode report = new JsonMapper().readTree(told.body());
          assertThat(report.at("/store/kind").asString()).isEqualTo("memory");
          assertThat(report.at("/store/available").asBoolean()).isTrue();
          assertThat(report.at("/specialists/marketing/sessions/live").asInt()).isEqualTo(3);
          assertThat(report.at("/specialists/marketing/kept").asInt()).isEqualTo(3);
          assertThat(report.at("/specialists/marketing/settings/max-size/value").asInt())
              .isEqualTo(1000);
          assertThat(report.at("/operations/0/name").asString()).isEqualTo("Marketing.ask");
          assertThat(report.at("/operations/0/budget/left").asDouble()).isEqualTo(500);

          assertThat(server.post("{\"tenant\": \"acme\"}").body()).isEqualTo("{\"evicted\":1}");
          assertThat(server.post("{\"tenant\": \"acme\"}").body()).isEqualTo("{\"evicted\":0}");
          assertThat(server.post("{\"specialist\": \"marketing\"}").body())
              .isEqualTo("{\"evicted\":2}");
          assertThat(server.post("{}").statusCode()).isEqualTo(400);
          assertThat(server.ask("acme")).isEqualTo("secret-4");
        },
        "management.endpoints.web.exposure.include=switchboard");
  }

  @Test
  void evictionsCanBeForbidden() {
    serve(
        server -> {
          assertThat(server.get(PATH).statusCode()).isEqualTo(200);
          assertThat(server.post("{\"tenant\": \"acme\"}").statusCode()).isEqualTo(405);
        },
        "management.endpoints.web.exposure.include=switchboard",
        "management.endpoint.switchboard.access=read-only");
  }
}
