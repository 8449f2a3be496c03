package dev.switchboard.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Durations as they are written in annotations, and their rule. */
final class Durations {

  /** The longest that nanoseconds in a {@code long} can hold, some 292 years. */
  private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

  private Durations() {}

  /** Reads {@code "30m"} or ISO-8601, or throws an exception that says what is wrong. */
  static Duration parse(String name, String text) {
    if (text.chars().allMatch(c -> Character.isDigit(c) || c == '-' || c == '+')) {
      throw new IllegalArgumentException(name + " must have a unit, as in 30s, but was " + text);
    }
    Duration parsed;
    try {
      parsed = DurationFormatterUtils.detectAndParse(text);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw new IllegalArgumentException(
          name + " must be a duration such as 30m or PT30M but was " + text, e);
    }
    if (parsed.isZero() || parsed.isNegative()) {
      throw new IllegalArgumentException(name + " must be positive but was " + text);
    }
    return parsed;
  }

  static void requirePositive(String name, @Nullable Duration value) {
    if (value != null && (value.isZero() || value.isNegative())) {
      throw new IllegalArgumentException(name + " must be positive but was " + print(value));
    }
  }

  /** The nanoseconds of {@code value}, at most {@link Long#MAX_VALUE}. */
  static long nanos(Duration value) {
    return value.compareTo(LONGEST) > 0 ? Long.MAX_VALUE : value.toNanos();
  }

  /** The same, and the most there is for no limit. */
  static long nanosOrMost(@Nullable Duration limit) {
    return limit == null ? Long.MAX_VALUE : nanos(limit);
  }

  static String print(Duration value) {
    return value.isZero()
        ? "0s"
        : DurationFormatterUtils.print(value, DurationFormat.Style.COMPOSITE);
  }
}
