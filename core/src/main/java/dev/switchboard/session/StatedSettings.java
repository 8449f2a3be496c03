package dev.switchboard.session;

import dev.switchboard.Setting;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that is stated for one specialist, strongest first, and what follows from it. */
final class StatedSettings {

  private static final int DEFAULT_MAX_SIZE = 1000;
  private static final Duration DEFAULT_TTL = Duration.ofHours(8);
  private static final Duration DEFAULT_IDLE_TIMEOUT = Duration.ofMinutes(30);

  private record Statement(String place, SpecialistSettings stated) {}

  private final List<Statement> statements = new ArrayList<>();

  /** Adds what is stated weaker than all before, in properties below {@code prefix}. */
  StatedSettings properties(String prefix, SpecialistSettings stated) {
    statements.add(new Statement(prefix, stated));
    return this;
  }

  StatedSettings annotations(List<SessionOperation> operations) {
    operations.forEach(
        operation -> statements.add(new Statement(operation.place(), operation.stated())));
    return this;
  }

  /** What holds, and the origin of each; {@code further} settings come along. */
  SettledSettings settle(List<Setting> further) {
    Stated<Duration> ttl = first("ttl", SpecialistSettings::ttl);
    Stated<Duration> idle = first("idleTimeout", SpecialistSettings::idleTimeout);
    Stated<Integer> maxSize = first("maxSize", SpecialistSettings::maxSize);
    if (ttl.value == null && idle.value == null) {
      ttl = new Stated<>(DEFAULT_TTL, Setting.DEFAULT);
      idle = new Stated<>(DEFAULT_IDLE_TIMEOUT, Setting.DEFAULT);
    }
    int size = maxSize.value == null ? DEFAULT_MAX_SIZE : maxSize.value;
    List<Setting> settings = new ArrayList<>();
    settings.add(new Setting("ttl", ttl.value, ttl.origin));
    settings.add(new Setting("idle-timeout", idle.value, idle.origin));
    settings.add(new Setting("max-size", size, maxSize.origin));
    settings.addAll(further);
    return new SettledSettings(
        new SessionLimits(ttl.value, idle.value, size), List.copyOf(settings));
  }

  private record Stated<T>(@Nullable T value, String origin) {}

  private <T> Stated<T> first(
      String attribute, Function<SpecialistSettings, @Nullable T> attributeOf) {
    for (Statement statement : statements) {
      T value = attributeOf.apply(statement.stated);
      if (value != null) {
        boolean annotated = statement.place.startsWith("@");
        return new Stated<>(
            value, annotated ? statement.place : statement.place + "." + property(attribute));
      }
    }
    return new Stated<>(null, Setting.DEFAULT);
  }

  /** An attribute's name as properties have it, {@code idle-timeout}. */
  static String property(String attribute) {
    return attribute.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
