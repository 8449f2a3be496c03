package dev.switchboard.micrometer;

import dev.switchboard.retry.RetryObserver;
import dev.switchboard.retry.RetryOperation;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The meters {@code switchboard.retry.*}: a fixed number for each operation, made with it.
 * Operations of one name share them, and the budget shown is the first one's. Safe for use by
 * several threads.
 *
 * @since 0.1
 */
public final class RetryMeters implements RetryObserver {

  private final MeterRegistry registry;
  private final Map<String, Meters> operations = new ConcurrentHashMap<>();

  /**
   * Creates the meters of one engine.
   *
   * @param registry where they are registered
   */
  public RetryMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void created(RetryOperation operation) {
    operations.computeIfAbsent(operation.name(), name -> new Meters(registry, operation));
  }

  @Override
  public void retried(RetryOperation operation, boolean succeeded) {
    Meters meters = operations.get(operation.name());
    if (meters != null) {
      (succeeded ? meters.succeeded : meters.failed).increment();
    }
  }

  @Override
  public void stopped(RetryOperation operation, Stop cause) {
    Meters meters = operations.get(operation.name());
    if (meters != null) {
      meters.stopped.of(cause).increment();
    }
  }

  private static final class Meters {

    final Counter succeeded;
    final Counter failed;
    final ByValue<Stop, Counter> stopped;
    private final MeterRegistry registry;
    private final Tags operation;

    Meters(MeterRegistry registry, RetryOperation operation) {
      this.registry = registry;
      this.operation = Tags.of("operation", operation.name());
      succeeded = retries("succeeded");
      failed = retries("failed");
      stopped =
          new ByValue<>(
              Stop.class,
              cause ->
                  Counter.builder("switchboard.retry.stops")
                      .description("Failures that reached the caller, by why they did")
                      .baseUnit("calls")
                      .tags(this.operation.and("cause", cause))
                      .register(registry));
      if (operation.budgetLeft().isPresent()) {
        Gauge.builder(
                "switchboard.retry.budget", operation, of -> of.budgetLeft().orElse(Double.NaN))
            .description("Tokens left for retries")
            .baseUnit("tokens")
            .tags(this.operation)
            .register(registry);
      }
    }

    private Counter retries(String outcome) {
      return Counter.builder("switchboard.retry.retries")
          .description("Retries that have ended")
          .baseUnit("retries")
          .tags(operation.and("outcome", outcome))
          .register(registry);
    }
  }
}
