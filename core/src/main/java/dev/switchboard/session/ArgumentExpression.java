package dev.switchboard.session;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.SimpleEvaluationContext;

/**
 * What one argument contributes to a key: itself, or what a read-only expression finds on it.
 *
 * @param what names the part in errors, such as "tenant"
 * @param index which argument
 * @param expression parsed, or null for the argument itself
 */
record ArgumentExpression(String what, int index, @Nullable SpelExpression expression) {

  private static final List<Class<? extends SpelNode>> READ_ONLY =
      List.of(
          CompoundExpression.class, PropertyOrFieldReference.class, Indexer.class, Literal.class);

  private static final EvaluationContext CONTEXT =
      SimpleEvaluationContext.forReadOnlyDataBinding().build();

  /** Parses a constant of an annotation, or throws an exception that says what is allowed. */
  static ArgumentExpression parse(String what, int index, Class<?> type, String text) {
    if (text.isBlank()) {
      if (!BeanUtils.isSimpleValueType(type) && type != Object.class) {
        throw new IllegalArgumentException(
            "must have an expression that finds a simple value, since the parameter is a "
                + type.getSimpleName());
      }
      return new ArgumentExpression(what, index, null);
    }
    SpelExpression parsed;
    try {
      parsed = new SpelExpressionParser().parseRaw(text);
    } catch (ParseException | IllegalStateException e) {
      throw new IllegalArgumentException("must be an expression that parses but was " + text, e);
    }
    if (!isReadOnly(parsed.getAST())) {
      throw new IllegalArgumentException(
          "must be made of properties, indexes and literals only but was " + text);
    }
    return new ArgumentExpression(what, index, parsed);
  }

  private static boolean isReadOnly(SpelNode node) {
    if (READ_ONLY.stream().noneMatch(allowed -> allowed.isInstance(node))) {
      return false;
    }
    for (int i = 0; i < node.getChildCount(); i++) {
      if (!isReadOnly(node.getChild(i))) {
        return false;
      }
    }
    return true;
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

  private @Nullable Object evaluate(SpelExpression parsed, @Nullable Object argument) {
    try {
      return parsed.getValue(CONTEXT, argument);
    } catch (EvaluationException e) {
      // Not kept: what it says, or its causes, may repeat the argument.
      String reason =
          e instanceof SpelEvaluationException known ? known.getMessageCode().name() : "UNKNOWN";
      throw new IllegalStateException(
          "the %s could not be read by the expression %s: %s"
              .formatted(what, parsed.getExpressionString(), reason));
    }
  }
}
