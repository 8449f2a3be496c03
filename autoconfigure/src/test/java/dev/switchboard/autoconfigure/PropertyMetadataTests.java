package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Setting;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.io.InputStream;
import java.text.DecimalFormat;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class PropertyMetadataTests {

  private static final String METADATA = "/META-INF/spring-configuration-metadata.json";

  private static JsonNode metadata() throws IOException {
    try (InputStream json =
        Objects.requireNonNull(SwitchboardProperties.class.getResourceAsStream(METADATA))) {
      return new JsonMapper().readTree(json);
    }
  }

  private static List<JsonNode> properties() throws IOException {
    return List.copyOf(metadata().get("properties").values());
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
  void defaultsAreThoseOfTheEngines() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (JsonNode property : properties()) {
      if (property.has("defaultValue")) {
        defaults.put(property.get("name").asString(), property.get("defaultValue").asString());
      }
    }
    Map<String, String> engines = new TreeMap<>();
    Contexts.runner()
        .withUserConfiguration(Marketing.Application.class)
        .run(
            context -> {
              SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
              put(engines, "switchboard.session.", sessions.settings().get("marketing"));
              RetryExecutor retries = context.getBean(RetryExecutor.class);
              put(
                  engines,
                  "switchboard.retry.",
                  retries.operation("other", RetryPolicy.builder().build()).settings());
            });
    assertThat(engines).isNotEmpty();
    assertThat(defaults)
        .containsAllEntriesOf(engines)
        .containsEntry("switchboard.advice", "proxy")
        .containsEntry("switchboard.tenancy", "required")
        .containsEntry("switchboard.wiring", "strict")
        .containsEntry("switchboard.retry.enabled", "true")
        .containsEntry("switchboard.retry.max-retry-after", "30s")
        .containsEntry("switchboard.retry.budget.capacity", "500")
        .containsEntry("switchboard.retry.budget.cost", "14");
  }

  private static void put(
      Map<String, String> engines, String prefix, @Nullable List<Setting> settings) {
    for (Setting setting : Objects.requireNonNull(settings)) {
      if (setting.origin().equals(Setting.DEFAULT)
          && setting.value() != null
          && !setting.name().equals("ttl")) {
        engines.put(prefix + setting.name(), print(setting.value()));
      }
    }
  }

  private static String print(Object value) {
    if (value instanceof Double number) {
      return new DecimalFormat("0.#").format(number);
    }
    return value instanceof Duration duration
        ? DurationFormatterUtils.print(duration, DurationFormat.Style.COMPOSITE)
        : String.valueOf(value);
  }

  /** What an IDE offers where a value is written. */
  @Test
  void whatCanBeHintedIsHinted() throws IOException {
    Map<String, JsonNode> hints = new TreeMap<>();
    for (JsonNode hint : metadata().get("hints").values()) {
      hints.put(hint.get("name").asString(), hint);
    }
    Set<String> hinted = new TreeSet<>();
    for (JsonNode property : properties()) {
      String name = property.get("name").asString();
      String type = property.get("type").asString();
      if (name.startsWith("management.")) {
        continue;
      }
      if (type.startsWith("java.util.Map")) {
        hinted.add(name + ".keys");
      } else if (type.equals("java.time.Duration")
          || type.startsWith("java.util.List<java.lang.Class")
          || type.contains("$")) {
        hinted.add(name);
      }
    }
    assertThat(hints.keySet()).containsExactlyElementsOf(hinted);
    assertThat(hints.values())
        .allMatch(hint -> !hint.path("values").isEmpty() || !hint.path("providers").isEmpty());
    for (Object constant : SwitchboardProperties.Wiring.values()) {
      assertThat(String.valueOf(hints.get("switchboard.wiring")))
          .containsIgnoringCase(String.valueOf(constant));
    }
  }
}
