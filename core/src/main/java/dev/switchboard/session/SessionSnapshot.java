package dev.switchboard.session;

import java.util.Map;

/**
 * The ledger of all specialists at one moment.
 *
 * @param specialists the counts of every specialist that is annotated or has been called, by name
 * @since 0.1
 */
public record SessionSnapshot(Map<String, SessionCounts> specialists) {

  /**
   * Creates a snapshot.
   *
   * @param specialists counts by name
   */
  public SessionSnapshot {
    specialists = Map.copyOf(specialists);
  }

  /**
   * Adds up all specialists.
   *
   * @return the counts of all
   */
  public SessionCounts total() {
    return specialists.values().stream()
        .reduce(new SessionCounts(0, 0, 0, 0, 0, 0), SessionCounts::plus);
  }
}
