package dev.switchboard.autoconfigure;

import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanInstantiationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/**
 * Prints which bean method of the application gave this library a value that it refuses, such as to
 * a builder of settings or of a connector.
 */
final class RefusedArgumentFailureAnalyzer
    extends AbstractFailureAnalyzer<BeanInstantiationException> {

  RefusedArgumentFailureAnalyzer() {}

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, BeanInstantiationException cause) {
    BeanInstantiationException place = cause;
    Throwable failure = cause;
    while (failure != null && !isRefusal(failure)) {
      place = failure instanceof BeanInstantiationException inner ? inner : place;
      failure = failure.getCause();
    }
    return failure == null
        ? null
        : new FailureAnalysis(
            place(place) + ": " + failure.getMessage(),
            "Write a value there that keeps the rule, or leave it out for the default.",
            failure);
  }

  /** Whether it comes straight from this library. */
  private static boolean isRefusal(Throwable failure) {
    StackTraceElement[] stack = failure.getStackTrace();
    return failure instanceof IllegalArgumentException
        && stack.length > 0
        && stack[0].getClassName().matches("dev\\.switchboard\\.(session|retry|connector)\\..*");
  }

  private static String place(BeanInstantiationException place) {
    Method method = place.getConstructingMethod();
    return method == null
        ? "Constructor of " + place.getBeanClass().getName()
        : "@Bean method %s of %s".formatted(method.getName(), method.getDeclaringClass().getName());
  }
}
