package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The effect of each fault's button is visible in page, endpoint, meters and log alike. */
@PageTest
@TestPropertySource(properties = {"logging.level.root=info", "logging.level.dev.switchboard=info"})
@ExtendWith(OutputCaptureExtension.class)
class FaultsShownTests {

  private static final JsonMapper JSON = new JsonMapper();
  private static final String TENANT = "acme";
  private static final String CARD = "[data-specialist=marketing] ";

  @Autowired LocalSpecialists specialists;
  @LocalServerPort int port;

  private BrowserPage page;
  private RestClient http;
  private Agent marketing;
  private Map<String, Double> before;

  @BeforeEach
  void open(BrowserPage page) {
    this.page = page;
    http = RestClient.create("http://127.0.0.1:" + port);
    marketing = Objects.requireNonNull(specialists.find("marketing"));
    ask();
    page.resize(1280, 900);
    page.open("http://127.0.0.1:" + port + "/");
    await().until(() -> page.text("#link").equals("Live"));
    before = shown();
  }

  @AfterEach
  void close(CapturedOutput output) {
    marketing.faults().clear();
    page.close();
    List<String> ids = marketing.idsOf(TENANT);
    assertThat(output).contains("INFO").doesNotContain(TENANT).doesNotContain(ids);
  }

  @Test
  void forgottenSessionIsShownAsLostAndReopened(CapturedOutput output) {
    press("forget", "marketing forgets all its sessions");
    ask();

    grows(1, "page lost", "endpoint lost", "meter lost");
    grows(1, "page opened", "endpoint opened", "meter opened");
    assertThat(output)
        .contains("The switches of marketing are set: forget=true")
        .containsPattern("Call \\d+ to marketing: answered at attempt 1, session reopened");
  }

  @Test
  void failingRunsAreShownAsRetriesThatCostTokens(CapturedOutput output) {
    press("fail", "marketing fails its next 4 runs");
    ask();

    grows(2, "page retries", "meter retries");
    shrinks("page budget", "endpoint budget", "meter budget");
    assertThat(output)
        .contains("The switches of marketing are set: fail=4")
        .containsPattern("Call \\d+ to marketing: failed at attempt 3, session hit");
  }

  @Test
  void slowOpeningIsShownAsOneThatOthersJoin(CapturedOutput output) throws Exception {
    marketing.forget();
    press("slow", "marketing is slow");
    Thread other = new Thread(this::ask);
    other.start();
    ask();
    other.join();

    grows(1, "page joined", "meter joined");
    grows(1, "page opened", "endpoint opened", "meter opened");
    assertThat(output)
        .contains("The switches of marketing are set: slowMillis=1500")
        .containsPattern("to marketing: answered at attempt 1, session reopened, \\d{4} ms");
  }

  @Test
  void specialistThatHangsUpIsShownAsRetriesThatCostTokens(CapturedOutput output) {
    press("down", "marketing hangs up on every call");
    ask();

    grows(2, "page retries", "meter retries");
    shrinks("page budget", "endpoint budget", "meter budget");
    assertThat(output)
        .contains("The switches of marketing are set: down=true")
        .containsPattern("Call \\d+ to marketing: failed at attempt 3, session hit");
  }

  private void press(String fault, String told) {
    page.click(CARD + "button[data-fault=" + fault + "]");
    await().untilAsserted(() -> assertThat(page.text("#events b")).isEqualTo(told));
  }

  private void ask() {
    http.post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", TENANT, "message", "a headline"))
        .exchange((request, reply) -> reply.getStatusCode());
  }

  private void grows(int by, String... names) {
    for (String name : names) {
      await().untilAsserted(() -> assertThat(shown()).as(name).containsEntry(name, was(name) + by));
    }
  }

  /** Tokens come back while we look, one a second. */
  private void shrinks(String... names) {
    for (String name : names) {
      await().untilAsserted(() -> assertThat(shown().get(name)).as(name).isLessThan(was(name)));
    }
  }

  private double was(String name) {
    return Objects.requireNonNull(before.get(name));
  }

  /** What page, endpoint and meters show of marketing. */
  private Map<String, Double> shown() {
    Map<String, Double> shown = new HashMap<>();
    for (String count : List.of("opened", "joined", "lost", "retries", "budget")) {
      shown.put("page " + count, (double) page.number(CARD + "[data-count=" + count + "] dd"));
    }
    JsonNode report = JSON.readTree(get("/actuator/switchboard"));
    JsonNode sessions = report.at("/specialists/marketing/sessions");
    shown.put("endpoint opened", sessions.path("opened").asDouble());
    shown.put("endpoint lost", sessions.path("lost").asDouble());
    for (JsonNode operation : report.path("operations")) {
      if (operation.path("name").asString("").equals("Marketing.ask")) {
        shown.put("endpoint budget", operation.at("/budget/left").asDouble());
      }
    }
    String meters = get("/actuator/prometheus");
    shown.put("meter lost", sum(meters, "session_lost_sessions_total.*\"marketing\""));
    for (String outcome : List.of("opened", "joined")) {
      shown.put(
          "meter " + outcome,
          sum(meters, "session_acquire_calls_total.*\"" + outcome + "\".*\"marketing\""));
    }
    shown.put("meter retries", sum(meters, "retry_retries_total.*\"Marketing.ask\""));
    shown.put("meter budget", sum(meters, "retry_budget_tokens.*\"Marketing.ask\""));
    return shown;
  }

  private static double sum(String meters, String sample) {
    return Pattern.compile("(?m)^switchboard_" + sample + ".*} (\\S+)$")
        .matcher(meters)
        .results()
        .mapToDouble(match -> Double.parseDouble(match.group(1)))
        .sum();
  }

  private String get(String path) {
    return Objects.requireNonNull(http.get().uri(path).retrieve().body(String.class));
  }
}
