package dev.switchboard.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is stated for one specialist's sessions; null where nothing is.
 *
 * @param ttl how long a session is served after its opening returned, positive
 * @param idleTimeout how long a session is kept after its last use, positive
 * @param maxSize how many sessions are kept, at least 1
 * @since 0.1
 */
public record SpecialistSettings(
    @Nullable Duration ttl, @Nullable Duration idleTimeout, @Nullable Integer maxSize) {

  /** Nothing stated. */
  public static final SpecialistSettings NONE = new SpecialistSettings(null, null, null);

  /**
   * Creates the settings.
   *
   * @param ttl a positive duration or null
   * @param idleTimeout a positive duration or null
   * @param maxSize at least 1 or null
   * @throws IllegalArgumentException naming the setting, its value and its rule
   */
  public SpecialistSettings {
    Durations.requirePositive("ttl", ttl);
    Durations.requirePositive("idleTimeout", idleTimeout);
    if (maxSize != null && maxSize < 1) {
      throw new IllegalArgumentException("maxSize must be at least 1 but was " + maxSize);
    }
  }
}
