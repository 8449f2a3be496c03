package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.example.concierge.ConciergeApplication;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares Grafana's dashboard with what this example exports to Prometheus. */
@SpringBootTest(
    classes = ConciergeApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"concierge.tour=false", "concierge.visitors=false"})
class DashboardTests {

  private static final Path DASHBOARD = Path.of("..", "..", "docs", "grafana", "switchboard.json");
  private static final Pattern METER = Pattern.compile("switchboard_\\w+");
  private static final Pattern MATCHED = Pattern.compile("(switchboard_\\w+)\\{([^}]*)}");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=");
  private static final Pattern GROUPED =
      Pattern.compile("by \\(([^)]*)\\) \\(.*?(switchboard_\\w+)");
  private static final Pattern SAMPLE = Pattern.compile("(?m)^(switchboard_\\w+)\\{([^}]*)}");

  @LocalServerPort int port;

  @Test
  void everyQueryAsksForWhatIsExported() throws Exception {
    Map<String, Set<String>> exported = exported();
    List<String> queries =
        new JsonMapper()
            .readTree(Files.readString(DASHBOARD)).findValues("expr").stream()
                .map(JsonNode::asString)
                .toList();

    assertThat(queries).hasSizeGreaterThan(10);
    for (String query : queries) {
      assertThat(METER.matcher(query).results().map(MatchResult::group))
          .as(query)
          .isNotEmpty()
          .isSubsetOf(exported.keySet());
      MATCHED
          .matcher(query)
          .results()
          .forEach(
              match ->
                  assertThat(LABEL.matcher(match.group(2)).results().map(label -> label.group(1)))
                      .as(query)
                      .isSubsetOf(exported.get(match.group(1))));
      GROUPED
          .matcher(query)
          .results()
          .forEach(
              match ->
                  assertThat(match.group(1).split(", *"))
                      .as(query)
                      .isSubsetOf(exported.get(match.group(2))));
    }
  }

  @Test
  void noMeterOfOursIsLeftOut() throws Exception {
    String dashboard = Files.readString(DASHBOARD);

    assertThat(exported().keySet())
        .filteredOn(
            name ->
                name.startsWith("switchboard_session_") || name.startsWith("switchboard_retry_"))
        .filteredOn(name -> !name.contains("exclusive"))
        .allSatisfy(name -> assertThat(dashboard).contains(name));
  }

  /** The labels of each meter. */
  private Map<String, Set<String>> exported() {
    RestClient http = RestClient.create("http://127.0.0.1:" + port);
    http.post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", "acme", "message", "a headline"))
        .retrieve()
        .toBodilessEntity();
    String text =
        Objects.requireNonNull(
            http.get().uri("/actuator/prometheus").retrieve().body(String.class));
    return SAMPLE
        .matcher(text)
        .results()
        .collect(
            Collectors.toMap(
                match -> match.group(1),
                match ->
                    LABEL
                        .matcher(match.group(2))
                        .results()
                        .map(label -> label.group(1))
                        .collect(Collectors.toSet()),
                (one, other) -> {
                  Set<String> both = new HashSet<>(one);
                  both.addAll(other);
                  return both;
                }));
  }
}
