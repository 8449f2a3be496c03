package dev.switchboard.autoconfigure;

import dev.switchboard.InvalidDeclarationException;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/**
 * Prints what was declared wrong and what to write instead. Comes before Boot's own analyzers,
 * which would print the binding or the bean that it happened in.
 */
@Order(0)
final class InvalidDeclarationFailureAnalyzer
    extends AbstractFailureAnalyzer<InvalidDeclarationException> {

  InvalidDeclarationFailureAnalyzer() {}

  @Override
  protected FailureAnalysis analyze(Throwable rootFailure, InvalidDeclarationException cause) {
    return new FailureAnalysis(description(cause), cause.action(), cause);
  }

  private static String description(InvalidDeclarationException problem) {
    String further =
        Arrays.stream(problem.getSuppressed())
            .filter(InvalidDeclarationException.class::isInstance)
            .map(InvalidDeclarationException.class::cast)
            .map(other -> "%n    - %s. %s".formatted(other.getMessage(), other.action()))
            .collect(Collectors.joining());
    return problem.getMessage()
        + (further.isEmpty() ? "" : "%n%nFurther problems:%n".formatted() + further);
  }
}
