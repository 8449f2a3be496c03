package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PropertyMetadataTests {

  private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

  private static List<JsonNode> properties() throws IOException {
    try (InputStream json =
        Objects.requireNonNull(SwitchboardProperties.class.getResourceAsStream(METADATA))) {
      return List.copyOf(new JsonMapper().readTree(json).get("properties").values());
    }
  }

  @Test
  void everyPropertyIsDescribedInASentence() throws IOException {
    assertThat(properties())
        .isNotEmpty()
        .allSatisfy(
            property ->
                assertThat(property.path("description").asString(""))
                    .as(property.path("name").asString())
                    .matches("(?s)[A-Z].*\\."));
  }

  @Test
  void defaultsAreThoseOfTheContract() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (JsonNode property : properties()) {
      if (property.has("defaultValue")) {
        defaults.put(property.get("name").asString(), property.get("defaultValue").asString());
      }
    }
    assertThat(defaults)
        .containsEntry("switchboard.tenancy", "required")
        .containsEntry("switchboard.wiring", "strict")
        .containsEntry("switchboard.session.max-size", "1000")
        .containsEntry("switchboard.session.open-timeout", "30s")
        .containsEntry("switchboard.session.learn-timeout", "2m")
        .containsEntry("switchboard.session.exclusive-wait", "2m")
        .containsEntry("switchboard.retry.enabled", "true")
        .containsEntry("switchboard.retry.max-retries", "3")
        .containsEntry("switchboard.retry.delay", "500ms")
        .containsEntry("switchboard.retry.max-delay", "10s")
        .containsEntry("switchboard.retry.max-retry-after", "30s")
        .containsEntry("switchboard.retry.budget.capacity", "500")
        .containsEntry("switchboard.retry.budget.cost", "14");
  }
}
