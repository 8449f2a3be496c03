package dev.switchboard.example.concierge.live;

import dev.switchboard.session.SessionCounts;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Component;
import org.springframework.util.StringUtils;

/** Reads what the library meters. */
@Component
public class LibraryMeters {

  private final MeterRegistry registry;
  private final int budget;

  LibraryMeters(
      MeterRegistry registry, @Value("${switchboard.retry.budget.capacity:500}") int budget) {
    this.registry = registry;
    this.budget = budget;
  }

  /** How often a specialist's calls were retried. */
  public long retries(String specialist) {
    return (long) sum("switchboard.retry.retries", "operation", operation(specialist));
  }

  Frame.Retries retrying(String specialist) {
    return new Frame.Retries(
        retries(specialist),
        sum("switchboard.retry.budget", "operation", operation(specialist)),
        budget);
  }

  Frame.Sessions sessions(String specialist, int kept, SessionCounts counts) {
    return new Frame.Sessions(
        (long) sum("switchboard.session.limit", "specialist", specialist),
        kept,
        counts.opened(),
        counts.closed(),
        counts.lost(),
        counts.unclosed(),
        acquired(specialist, "hit"),
        acquired(specialist, "joined"));
  }

  private long acquired(String specialist, String outcome) {
    return (long) sum("switchboard.session.acquire", "specialist", specialist, "outcome", outcome);
  }

  /** The desks' classes are called as their specialists. */
  private static String operation(String specialist) {
    return StringUtils.capitalize(specialist) + ".ask";
  }

  private double sum(String name, String... tags) {
    double sum = 0;
    for (Meter meter : registry.find(name).tags(tags).meters()) {
      for (Measurement measurement : meter.measure()) {
        sum += measurement.getValue();
      }
    }
    return sum;
  }
}
