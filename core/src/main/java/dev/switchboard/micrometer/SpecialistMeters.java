package dev.switchboard.micrometer;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionObserver.Acquisition;
import dev.switchboard.session.SessionObserver.Opening;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.function.Supplier;
import java.util.function.ToDoubleFunction;

/** The meters of one specialist. */
final class SpecialistMeters {

  private static final String SESSIONS = "sessions";

  final ByValue<Acquisition, Counter> acquired;
  final ByValue<Opening, Timer> opened;
  final ByValue<RemovalCause, Counter> closed;
  final Timer served;
  final Timer refused;
  private final MeterRegistry registry;
  private final Tags specialist;

  /** Kept, as those meters that ask it hold it weakly. */
  private final Supplier<SessionCounts> counts;

  SpecialistMeters(
      MeterRegistry registry,
      String specialist,
      SessionLimits limits,
      Supplier<SessionCounts> counts) {
    this.registry = registry;
    this.specialist = Tags.of("specialist", specialist);
    this.counts = counts;
    acquired =
        new ByValue<>(
            Acquisition.class,
            outcome ->
                Counter.builder("switchboard.session.acquire")
                    .description("Calls that came to a session, or failed to")
                    .baseUnit("calls")
                    .tags(this.specialist.and("outcome", outcome))
                    .register(registry));
    opened =
        new ByValue<>(
            Opening.class,
            outcome ->
                Timer.builder("switchboard.session.open")
                    .description("How long the connector's open ran")
                    .tags(this.specialist.and("outcome", outcome))
                    .register(registry));
    closed =
        new ByValue<>(
            RemovalCause.class,
            cause ->
                Counter.builder("switchboard.session.closed")
                    .description("Sessions closed at their specialist, by why they had left")
                    .baseUnit(SESSIONS)
                    .tags(this.specialist.and("cause", cause))
                    .register(registry));
    served = exclusiveWait("served");
    refused = exclusiveWait("refused");
    gauge("live", "Sessions kept", SessionCounts::live);
    gauge(
        "draining", "Sessions that have left and are still to be closed", SessionCounts::draining);
    gauge("limit", "Sessions kept at most", ignored -> limits.maxSize());
    total("lost", "Sessions that their specialist has forgotten", SessionCounts::lost);
    total("unclosed", "Sessions that could not be closed", SessionCounts::unclosed);
  }

  private Timer exclusiveWait(String outcome) {
    return Timer.builder("switchboard.session.exclusive.wait")
        .description("How long exclusive calls waited for their turn")
        .tags(specialist.and("outcome", outcome))
        .register(registry);
  }

  private void gauge(String name, String description, ToDoubleFunction<SessionCounts> count) {
    Gauge.builder("switchboard.session." + name, counts, now -> count.applyAsDouble(now.get()))
        .description(description)
        .baseUnit(SESSIONS)
        .tags(specialist)
        .register(registry);
  }

  private void total(String name, String description, ToDoubleFunction<SessionCounts> count) {
    FunctionCounter.builder(
            "switchboard.session." + name, counts, now -> count.applyAsDouble(now.get()))
        .description(description)
        .baseUnit(SESSIONS)
        .tags(specialist)
        .register(registry);
  }
}
