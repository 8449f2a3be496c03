package dev.switchboard.autoconfigure;

import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistSessions;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;

/**
 * Up, or degraded while a shared store cannot be reached. Never down: calls go on, and taking the
 * process out of service would help nobody.
 */
final class SwitchboardHealthIndicator implements HealthIndicator {

  /** Not among the statuses that Boot aggregates, so that it shows and decides nothing. */
  static final Status DEGRADED =
      new Status("DEGRADED", "The session store cannot be reached; calls go on");

  private final SpecialistSessions sessions;

  SwitchboardHealthIndicator(SpecialistSessions sessions) {
    this.sessions = sessions;
  }

  @Override
  public Health health() {
    SessionStore.State store = storeState();
    SessionCounts counts = sessions.snapshot().total();
    Health.Builder health = store.available() ? Health.up() : Health.status(DEGRADED);
    health.withDetail("store", store.kind());
    if (store.detail() != null) {
      health.withDetail("detail", store.detail());
    }
    return health
        .withDetail("live", counts.live())
        .withDetail("draining", counts.draining())
        .withDetail("unclosed", counts.unclosed())
        .build();
  }

  private SessionStore.State storeState() {
    try {
      return sessions.storeState();
    } catch (RuntimeException e) {
      return new SessionStore.State("unknown", false, e.getClass().getName());
    }
  }
}
