package dev.switchboard.retry;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.format.datetime.standard.DurationFormatterUtils;

/** Reads and judges one {@link RequestScopedRetry}; each error is a sentence that says where. */
final class RetryDeclaration {

  private final String name;
  private final UnaryOperator<String> placeholders;

  RetryDeclaration(String name, UnaryOperator<String> placeholders) {
    this.name = name;
    this.placeholders = placeholders;
  }

  static String place(String name) {
    return "@RequestScopedRetry on " + name;
  }

  static InvalidDeclarationException refusal(String name, String rule, String action) {
    return new InvalidDeclarationException(place(name) + ": " + rule, action);
  }

  /** Judges what a proxy could not retry. */
  void judgeOverridable(Method method, Class<?> type) {
    String obstacle = ProxiedMethod.obstacle(method, type);
    if (obstacle != null) {
      throw refusal(
          name,
          "the method must not be " + obstacle + ", since a proxy cannot override it",
          "Change the modifier, or move the method to a bean of its own.");
    }
  }

  /** Tells how the method answers. */
  ReturnKind judge(Method method, Class<?> type) {
    try {
      return ReturnKind.of(method, type);
    } catch (IllegalArgumentException ex) {
      throw refusal(
          name,
          String.valueOf(ex.getMessage()),
          "Return one of these, or move the annotation to the method that waits for the result.");
    }
  }

  RetryPolicy read(RequestScopedRetry annotation) {
    Duration delay = duration("delay", annotation.delay());
    Duration maxDelay = duration("maxDelay", annotation.maxDelay());
    Duration jitter = duration("jitter", annotation.jitter());
    Duration timeout = duration("timeout", annotation.timeout());
    int maxRetries = annotation.maxRetries();
    double multiplier = annotation.multiplier();
    try {
      return new RetryPolicy(
          Arrays.asList(annotation.includes()),
          Arrays.asList(annotation.excludes()),
          maxRetries == RequestScopedRetry.UNSET ? null : maxRetries,
          delay,
          Double.isNaN(multiplier) ? null : multiplier,
          maxDelay,
          jitter,
          timeout);
    } catch (IllegalArgumentException ex) {
      throw refusal(
          name,
          String.valueOf(ex.getMessage()),
          "Write a value that keeps the rule, or leave it out for the default.");
    }
  }

  private @Nullable Duration duration(String attribute, String text) {
    if (text.isEmpty()) {
      return null;
    }
    String resolved = resolve(attribute, text).trim();
    if (resolved.matches("[+-]?\\d+")) {
      throw badDuration(attribute + " must have a unit, as in 30s, but was " + resolved);
    }
    try {
      return DurationFormatterUtils.detectAndParse(resolved);
    } catch (IllegalArgumentException ex) {
      throw badDuration(attribute + " must be a duration such as 30s or PT30S but was " + resolved);
    }
  }

  private InvalidDeclarationException badDuration(String rule) {
    return refusal(name, rule, "Write a duration with its unit, such as 500ms, 1m30s or PT0.5S.");
  }

  private String resolve(String attribute, String text) {
    try {
      return placeholders.apply(text);
    } catch (IllegalArgumentException ex) {
      throw refusal(
          name,
          attribute + " must have placeholders that can be resolved but was " + text,
          "Define the property, or give a default as in ${name:500ms}.");
    }
  }
}
