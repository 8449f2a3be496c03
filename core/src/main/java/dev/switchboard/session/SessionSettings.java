package dev.switchboard.session;

import dev.switchboard.Setting;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of all sessions and of single specialists; what Boot reads from {@code switchboard.*},
 * and what plain Spring may declare as a bean. Immutable.
 *
 * @since 0.1
 */
public final class SessionSettings {

  private final SpecialistSettings defaults;
  private final Map<SpecialistName, SpecialistSettings> specialists;
  private final Duration openTimeout;
  private final Duration learnTimeout;
  private final Duration exclusiveWait;
  private final int maxConcurrentOpens;
  private final List<Setting> general;
  private final boolean tenants;
  private final boolean strictWiring;

  private SessionSettings(Builder builder) {
    this.defaults = builder.defaults;
    this.specialists = Map.copyOf(builder.specialists);
    this.openTimeout = orElse(builder.openTimeout, Duration.ofSeconds(30));
    this.learnTimeout = orElse(builder.learnTimeout, Duration.ofMinutes(2));
    this.exclusiveWait = orElse(builder.exclusiveWait, Duration.ofMinutes(2));
    this.maxConcurrentOpens = builder.maxConcurrentOpens == null ? 64 : builder.maxConcurrentOpens;
    this.general =
        List.of(
            general("open-timeout", openTimeout, builder.openTimeout),
            general("learn-timeout", learnTimeout, builder.learnTimeout),
            general("exclusive-wait", exclusiveWait, builder.exclusiveWait),
            general("max-concurrent-opens", maxConcurrentOpens, builder.maxConcurrentOpens));
    this.tenants = builder.tenants;
    this.strictWiring = builder.strictWiring;
  }

  private static Duration orElse(@Nullable Duration stated, Duration otherwise) {
    return stated == null ? otherwise : stated;
  }

  private static Setting general(String name, Object value, @Nullable Object stated) {
    return new Setting(
        name, value, stated == null ? Setting.DEFAULT : "switchboard.session." + name);
  }

  /**
   * Starts from the defaults.
   *
   * @return a builder that states nothing yet
   */
  public static Builder builder() {
    return new Builder();
  }

  /** What holds for a specialist, given the operations whose annotations name it. */
  SettledSettings settle(SpecialistName name, List<SessionOperation> annotated) {
    return new StatedSettings()
        .properties("switchboard.specialists." + name, settingsOf(name))
        .annotations(annotated)
        .properties("switchboard.session", defaults)
        .settle(general);
  }

  SpecialistSettings settingsOf(SpecialistName name) {
    return specialists.getOrDefault(name, SpecialistSettings.NONE);
  }

  Iterable<SpecialistName> specialists() {
    return specialists.keySet();
  }

  /**
   * Tells how long callers wait for an opening.
   *
   * @return a positive duration, 30 seconds by default
   */
  public Duration openTimeout() {
    return openTimeout;
  }

  /**
   * Tells how long callers wait for the first reply to name a session that is learned.
   *
   * @return a positive duration, 2 minutes by default
   */
  public Duration learnTimeout() {
    return learnTimeout;
  }

  Duration exclusiveWait() {
    return exclusiveWait;
  }

  int maxConcurrentOpens() {
    return maxConcurrentOpens;
  }

  boolean hasTenants() {
    return tenants;
  }

  boolean isStrictWiring() {
    return strictWiring;
  }

  /** Collects settings; not thread-safe. */
  public static final class Builder {

    private SpecialistSettings defaults = SpecialistSettings.NONE;
    private final Map<SpecialistName, SpecialistSettings> specialists = new HashMap<>();
    private @Nullable Duration openTimeout;
    private @Nullable Duration learnTimeout;
    private @Nullable Duration exclusiveWait;
    private @Nullable Integer maxConcurrentOpens;
    private boolean tenants = true;
    private boolean strictWiring = true;

    private Builder() {}

    /**
     * States what holds where neither the specialist's settings nor its annotations say anything;
     * 1000 sessions by default, and where no duration is given anywhere, 30 minutes idle and 8
     * hours in all.
     *
     * @param defaults the defaults
     * @return this
     */
    public Builder defaults(SpecialistSettings defaults) {
      this.defaults = defaults;
      return this;
    }

    /**
     * States one specialist's settings, stronger than its annotations.
     *
     * @param name the specialist's name, {@code [a-z0-9-]+}
     * @param settings its settings
     * @return this
     * @throws IllegalArgumentException if the name is not one
     */
    public Builder specialist(String name, SpecialistSettings settings) {
      specialists.put(SpecialistName.of(name), settings);
      return this;
    }

    /**
     * How long callers wait for an opening, their own or another's, before it is abandoned; 30
     * seconds by default.
     *
     * @param openTimeout a positive duration
     * @return this
     */
    public Builder openTimeout(Duration openTimeout) {
      Durations.requirePositive("openTimeout", openTimeout);
      this.openTimeout = openTimeout;
      return this;
    }

    /**
     * How long callers wait for the first reply to name a session that is learned; 2 minutes by
     * default.
     *
     * @param learnTimeout a positive duration
     * @return this
     */
    public Builder learnTimeout(Duration learnTimeout) {
      Durations.requirePositive("learnTimeout", learnTimeout);
      this.learnTimeout = learnTimeout;
      return this;
    }

    /**
     * How long an exclusive call waits for its turn; 2 minutes by default.
     *
     * @param exclusiveWait a positive duration
     * @return this
     */
    public Builder exclusiveWait(Duration exclusiveWait) {
      Durations.requirePositive("exclusiveWait", exclusiveWait);
      this.exclusiveWait = exclusiveWait;
      return this;
    }

    /**
     * How many openings of one specialist run at once, each for another key; further ones wait
     * within their {@code open-timeout}, in order of arrival. So that a specialist that comes back,
     * or hangs, is not asked for all sessions at once. 64 by default.
     *
     * @param maxConcurrentOpens at least 1
     * @return this
     */
    public Builder maxConcurrentOpens(int maxConcurrentOpens) {
      if (maxConcurrentOpens < 1) {
        throw new IllegalArgumentException(
            "maxConcurrentOpens must be at least 1 but was " + maxConcurrentOpens);
      }
      this.maxConcurrentOpens = maxConcurrentOpens;
      return this;
    }

    /**
     * Says that the application has one tenant only, so that methods need not name one ({@code
     * switchboard.tenancy=none}).
     *
     * @return this
     */
    public Builder withoutTenants() {
      this.tenants = false;
      return this;
    }

    /**
     * Turns errors of wiring (connectors, conflicts, settings for a specialist nobody uses) into
     * warnings ({@code switchboard.wiring=warn}), for slices and shared configuration.
     *
     * @return this
     */
    public Builder lenientWiring() {
      this.strictWiring = false;
      return this;
    }

    /**
     * Ends the collection.
     *
     * @return the settings
     */
    public SessionSettings build() {
      return new SessionSettings(this);
    }
  }
}
