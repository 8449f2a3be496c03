package dev.switchboard.retry;

import dev.switchboard.Setting;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** All that is said about one operation, strongest first, and what follows from it. */
final class StatedPolicy {

  private record Statement(String place, RetryPolicy stated) {}

  private final List<Statement> statements = new ArrayList<>();

  /** Adds what is said weaker than all before; a place that ends in a dot is of properties. */
  StatedPolicy add(String place, RetryPolicy stated) {
    statements.add(new Statement(place, stated));
    return this;
  }

  /**
   * Puts together all of it.
   *
   * @param operation of whom it is said
   * @throws IllegalArgumentException naming both places where two of them contradict each other
   */
  RetryPolicy settle(String operation) {
    RetryPolicy settled = RetryPolicy.UNSAID;
    try {
      for (Statement statement : statements) {
        settled = settled.orElse(statement.stated);
      }
    } catch (IllegalArgumentException contradiction) {
      throw new IllegalArgumentException(
          "Operation '%s' (delay from %s, max-delay from %s): %s"
              .formatted(
                  operation,
                  first("delay", RetryPolicy::delay).origin(),
                  first("max-delay", RetryPolicy::maxDelay).origin(),
                  contradiction.getMessage()),
          contradiction);
    }
    return settled;
  }

  /** The same, each part with its origin. */
  List<Setting> settings() {
    return List.of(
        first("includes", RetryPolicy::includes),
        first("excludes", RetryPolicy::excludes),
        first("max-retries", RetryPolicy::maxRetries),
        first("delay", RetryPolicy::delay),
        first("multiplier", RetryPolicy::multiplier),
        first("max-delay", RetryPolicy::maxDelay),
        first("jitter", RetryPolicy::jitter),
        first("timeout", RetryPolicy::timeout));
  }

  private Setting first(String name, Function<RetryPolicy, @Nullable Object> part) {
    for (Statement statement : statements) {
      Object value = part.apply(statement.stated);
      if (value != null && !(value instanceof Collection<?> types && types.isEmpty())) {
        boolean property = statement.place.endsWith(".");
        return new Setting(name, value, property ? statement.place + name : statement.place);
      }
    }
    return new Setting(name, null, Setting.DEFAULT);
  }
}
