package dev.switchboard.example.concierge.specialist;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.ConciergeApplication;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

@ExtendWith(OutputCaptureExtension.class)
class ExternalSpecialistTests {

  private final Agent elsewhere = new Agent("marketing", "From far away.");
  private final AdkServer server = new AdkServer(elsewhere, "campaigns");

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void specialistNamedBySettingsIsUsedAndNoneIsStartedForIt(CapturedOutput output) {
    try (ConfigurableApplicationContext context =
        SpringApplication.run(
            ConciergeApplication.class,
            "--server.port=0",
            "--switchboard.specialists.marketing.adk.base-url=" + server.baseUrl() + "/",
            "--switchboard.specialists.marketing.adk.app=campaigns")) {
      LocalSpecialists local = context.getBean(LocalSpecialists.class);
      assertThat(local.find("marketing")).isNull();
      assertThat(local.agents()).extracting(Agent::name).containsExactly("research", "storefront");
      assertThat(output).contains("No tour");

      assertThat(ask(context, "a headline")).contains("From far away.");
      assertThat(ask(context, "who was first")).contains("research");
      assertThat(elsewhere.held()).isOne();
    }
    assertThat(elsewhere.deleted()).isOne();
    assertThat(elsewhere.held()).isZero();
  }

  private static String ask(ConfigurableApplicationContext context, String message) {
    String port = context.getEnvironment().getRequiredProperty("local.server.port");
    return String.valueOf(
        RestClient.create("http://127.0.0.1:" + port)
            .post()
            .uri("/ask")
            .contentType(MediaType.APPLICATION_JSON)
            .body(Map.of("tenant", "acme", "message", message))
            .retrieve()
            .body(String.class));
  }
}
