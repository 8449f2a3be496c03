package dev.switchboard.micrometer;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;

/**
 * A meter for each value of an enum, made at once so that calls build no tags.
 *
 * @param <E> the enum
 * @param <M> the kind of meter
 */
final class ByValue<E extends Enum<E>, M> {

  private final Map<E, M> meters;

  /**
   * Makes the meters.
   *
   * @param meter makes the one of a tag's value
   */
  ByValue(Class<E> type, Function<String, M> meter) {
    meters = new EnumMap<>(type);
    for (E value : type.getEnumConstants()) {
      meters.put(value, meter.apply(tag(value)));
    }
  }

  M of(E value) {
    return Objects.requireNonNull(meters.get(value));
  }

  /** A value as tags have it, {@code not-retryable}. */
  static String tag(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
