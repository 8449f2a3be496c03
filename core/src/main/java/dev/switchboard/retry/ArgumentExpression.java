package dev.switchboard.retry;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/** An expression that reads one argument: properties, indexes and literals, nothing that acts. */
final class ArgumentExpression {

  private static final EvaluationContext READ_ONLY =
      SimpleEvaluationContext.forReadOnlyDataBinding().build();

  private static final List<Class<? extends SpelNode>> ALLOWED =
      List.of(
          CompoundExpression.class, PropertyOrFieldReference.class, Indexer.class, Literal.class);

  private final Expression expression;

  private ArgumentExpression(Expression expression) {
    this.expression = expression;
  }

  /**
   * Parses an expression.
   *
   * @throws IllegalArgumentException with the rule that it breaks
   */
  static ArgumentExpression parse(String text) {
    SpelExpression expression;
    try {
      expression = new SpelExpressionParser().parseRaw(text);
    } catch (ParseException | IllegalStateException ex) {
      throw new IllegalArgumentException(
          "the expression must be one that parses but was '" + text + "'", ex);
    }
    if (!isReading(expression.getAST())) {
      throw new IllegalArgumentException(
          "the expression must only read properties and indexes but was '" + text + "'");
    }
    return new ArgumentExpression(expression);
  }

  /** Reads the argument; fails as the argument's own properties do. */
  @Nullable Object read(Object argument) {
    return expression.getValue(READ_ONLY, argument);
  }

  private static boolean isReading(SpelNode node) {
    for (int i = 0; i < node.getChildCount(); i++) {
      if (!isReading(node.getChild(i))) {
        return false;
      }
    }
    return ALLOWED.stream().anyMatch(type -> type.isInstance(node));
  }
}
