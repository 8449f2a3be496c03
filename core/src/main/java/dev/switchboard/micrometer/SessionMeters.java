package dev.switchboard.micrometer;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionObserver;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * The meters {@code switchboard.session.*}: a fixed number for each specialist, made when it is
 * settled. Engines that share a registry share what is counted; gauges show the first engine's.
 * Safe for use by several threads.
 *
 * @since 0.1
 */
public final class SessionMeters implements SessionObserver {

  private final MeterRegistry registry;
  private final Map<String, SpecialistMeters> specialists = new ConcurrentHashMap<>();

  /**
   * Creates the meters of one engine.
   *
   * @param registry where they are registered
   */
  public SessionMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void settled(String specialist, SessionLimits limits, Supplier<SessionCounts> counts) {
    specialists.put(specialist, new SpecialistMeters(registry, specialist, limits, counts));
  }

  @Override
  public void acquired(String specialist, Acquisition outcome) {
    SpecialistMeters meters = specialists.get(specialist);
    if (meters != null) {
      meters.acquired.of(outcome).increment();
    }
  }

  @Override
  public void opened(String specialist, Opening outcome, long nanos) {
    SpecialistMeters meters = specialists.get(specialist);
    if (meters != null) {
      meters.opened.of(outcome).record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void waited(String specialist, boolean served, long nanos) {
    SpecialistMeters meters = specialists.get(specialist);
    if (meters != null) {
      (served ? meters.served : meters.refused).record(nanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void closed(String specialist, RemovalCause cause) {
    SpecialistMeters meters = specialists.get(specialist);
    if (meters != null) {
      meters.closed.of(cause).increment();
    }
  }
}
