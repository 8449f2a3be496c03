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
    SessionCounts counts = sessions.snapshot().total();
    return storeHealth()
        .withDetail("draining", counts.draining())
        .withDetail("unclosed", counts.unclosed())
        .build();
  }

  private Health.Builder storeHealth() {
    try {
      SessionStore.State store = sessions.storeState();
      int kept = sessions.kept().values().stream().mapToInt(Integer::intValue).sum();
      Health.Builder health = store.available() ? Health.up() : Health.status(DEGRADED);
      health.withDetail("store", store.kind()).withDetail("kept", kept);
      return store.detail() == null ? health : health.withDetail("detail", store.detail());
    } catch (RuntimeException e) {
      return Health.status(DEGRADED)
          .withDetail("store", "unknown")
          .withDetail("detail", e.getClass().getName());
    }
  }
}
