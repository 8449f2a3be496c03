package dev.switchboard.micrometer;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What {@code docs/meters.md} says of meters is what there is. */
class MetersDocumentTests {

  private static final Pattern ROW =
      Pattern.compile(
          "(?m)^\\| `([a-z.]+)` \\| ([a-z ]+) \\| ([a-z-]+) \\| ([^|]+) \\| [^|]+ \\|$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /**
   * As a row of the tables has it; the values of {@code outcome} or {@code cause}, if it has one.
   */
  private record Row(String type, String unit, Set<String> tags, Set<String> values) {}

  @Test
  void metersAreThoseThatAreDocumented() throws IOException {
    Map<String, Row> documented = documented();
    assertThat(existing()).containsExactlyEntriesOf(documented);
    assertThat(documented).hasSizeGreaterThan(15);
  }

  private static Map<String, Row> documented() throws IOException {
    Map<String, Row> rows = new TreeMap<>();
    Matcher row = ROW.matcher(Files.readString(Path.of("..", "docs", "meters.md")));
    while (row.find()) {
      String[] tags = row.group(4).split(":", -1);
      rows.put(
          row.group(1),
          new Row(
              row.group(2),
              row.group(3),
              codes(tags[0]),
              tags.length > 1 ? codes(tags[1]) : Set.of()));
    }
    return rows;
  }

  private static Set<String> codes(String text) {
    return CODE.matcher(text)
        .results()
        .map(code -> code.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** What two engines register that have seen everything. */
  private static Map<String, Row> existing() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    ObservationRegistry observations = ObservationRegistry.create();
    observations.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
    InvocationObservations invocations = new InvocationObservations(observations, null);
    RetryExecutor.builder()
        .observer(new RetryMeters(meters))
        .build()
        .operation("Desk.ask", RetryPolicy.defaults());
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("crm", key -> "id")
            .observer(new SessionMeters(meters))
            .build()) {
      sessions.call(SessionKey.of("crm", "acme"), SessionPolicy.DEFAULT, SessionContext::id);
    }
    var watch = Objects.requireNonNull(invocations.start("Desk.ask", "crm"));
    Arrays.stream(dev.switchboard.InvocationObserver.Event.values()).forEach(watch::event);
    Map<String, Row> rows = new TreeMap<>();
    meters
        .getMeters()
        .forEach(
            meter -> rows.merge(meter.getId().getName(), row(meter), MetersDocumentTests::both));
    watch.end(null);
    meters
        .getMeters()
        .forEach(
            meter -> rows.merge(meter.getId().getName(), row(meter), MetersDocumentTests::both));
    return rows;
  }

  private static Row both(Row one, Row other) {
    Set<String> tags = new TreeSet<>(one.tags);
    tags.addAll(other.tags);
    Set<String> values = new TreeSet<>(one.values);
    values.addAll(other.values);
    return new Row(one.type, one.unit, tags, values);
  }

  private static Row row(Meter meter) {
    String type =
        meter.getId().getType().name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    String unit = meter.getId().getBaseUnit();
    return new Row(
        type,
        unit == null ? "-" : unit,
        meter.getId().getTags().stream()
            .map(Tag::getKey)
            .collect(Collectors.toCollection(TreeSet::new)),
        meter.getId().getTags().stream()
            .filter(tag -> Set.of("outcome", "cause").contains(tag.getKey()))
            .map(Tag::getValue)
            .collect(Collectors.toCollection(TreeSet::new)));
  }
}
