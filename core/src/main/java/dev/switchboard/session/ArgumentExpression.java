package dev.switchboard.session;

import dev.switchboard.ReadOnlyExpression;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;

/**
 * What one argument contributes to a key: itself, or what a read-only expression finds on it.
 *
 * @param what names the part in errors, such as "tenant"
 * @param index which argument
 * @param expression parsed, or null for the argument itself
 */
record ArgumentExpression(String what, int index, @Nullable ReadOnlyExpression expression) {

  /** Parses a constant of an annotation, or throws an exception that says what is allowed. */
  static ArgumentExpression parse(
      String what, int index, Class<?> type, String text, @Nullable ClassLoader loader) {
    if (text.isBlank()) {
      if (!BeanUtils.isSimpleValueType(type) && type != Object.class) {
        throw new IllegalArgumentException(
            "must have an expression that finds a simple value, since the parameter is a "
                + type.getSimpleName());
      }
      return new ArgumentExpression(what, index, null);
    }
    return new ArgumentExpression(what, index, ReadOnlyExpression.parse(text, type, loader));
  }

  /**
   * Reads the part.
   *
   * @throws IllegalStateException if it is null or no simple value, without printing it
   */
  String read(@Nullable Object[] arguments) {
    Object argument = arguments[index];
    Object value = expression == null ? argument : evaluate(expression, argument);
    if (value instanceof String text) {
      return text;
    }
    if (value == null) {
      throw new IllegalStateException("the " + what + " must not be null");
    }
    if (!BeanUtils.isSimpleValueType(value.getClass())) {
      throw new IllegalStateException(
          "the %s must be a simple value but is a %s"
              .formatted(what, value.getClass().getSimpleName()));
    }
    return value instanceof Enum<?> constant ? constant.name() : value.toString();
  }

  private @Nullable Object evaluate(ReadOnlyExpression parsed, @Nullable Object argument) {
    try {
      return parsed.read(argument);
    } catch (IllegalStateException e) {
      throw new IllegalStateException(
          "the %s could not be read by the expression %s: %s"
              .formatted(what, parsed, e.getMessage()));
    }
  }
}
