package dev.switchboard;

import java.lang.reflect.Modifier;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.expression.EvaluationContext;
import org.springframework.expression.EvaluationException;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelEvaluationException;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.CompoundExpression;
import org.springframework.expression.spel.ast.Indexer;
import org.springframework.expression.spel.ast.Literal;
import org.springframework.expression.spel.ast.PropertyOrFieldReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.DataBindingPropertyAccessor;
import org.springframework.expression.spel.support.ReflectivePropertyAccessor;
import org.springframework.expression.spel.support.StandardEvaluationContext;
import org.springframework.util.ClassUtils;

/**
 * An expression of Spring's language that reads an argument: properties, indexes and literals,
 * nothing that acts. Used by this library; safe for use by any number of threads.
 *
 * @since 0.1
 */
public final class ReadOnlyExpression {

  private static final List<Class<? extends SpelNode>> ALLOWED =
      List.of(
          CompoundExpression.class, PropertyOrFieldReference.class, Indexer.class, Literal.class);

  private static final EvaluationContext CONTEXT = context();
  private static final Properties PROPERTIES = new Properties();

  /** How often it may fail where Spring compiles, such as for arguments of several types. */
  private static final int COMPILED_FAILURES = 100;

  private final SpelExpression interpreted;

  /** Spring compiles it at its second use, where all that it reads is public. */
  private final SpelExpression compiled;

  private final AtomicInteger failuresLeft = new AtomicInteger(COMPILED_FAILURES);

  private ReadOnlyExpression(SpelExpression interpreted, SpelExpression compiled) {
    this.interpreted = interpreted;
    this.compiled = compiled;
  }

  /**
   * Parses a constant of an annotation.
   *
   * @param text the expression
   * @param type what is read: where that can have no subtypes, the first property must be its own
   * @param loader sees the types of what it reads, or null for the default
   * @return the expression
   * @throws IllegalArgumentException with the rule that it breaks
   */
  public static ReadOnlyExpression parse(String text, Class<?> type, @Nullable ClassLoader loader) {
    SpelExpression interpreted;
    SpelExpression compiled;
    try {
      interpreted = new SpelExpressionParser().parseRaw(text);
      compiled =
          new SpelExpressionParser(new SpelParserConfiguration(SpelCompilerMode.IMMEDIATE, loader))
              .parseRaw(text);
    } catch (ParseException | IllegalStateException e) {
      throw new IllegalArgumentException("must be an expression that parses but was " + text, e);
    }
    if (!isReadOnly(interpreted.getAST())) {
      throw new IllegalArgumentException(
          "must be made of properties, indexes and literals only but was " + text);
    }
    if (!mayRead(interpreted.getAST(), type)) {
      throw new IllegalArgumentException(
          "must begin with a property of %s but was %s".formatted(type.getSimpleName(), text));
    }
    return new ReadOnlyExpression(interpreted, compiled);
  }

  /** Like a {@code SimpleEvaluationContext}, which does not compile from Spring 7.0.9 on. */
  private static EvaluationContext context() {
    StandardEvaluationContext context = new StandardEvaluationContext();
    context.setPropertyAccessors(List.of(DataBindingPropertyAccessor.forReadOnlyAccess()));
    context.setConstructorResolvers(List.of());
    context.setMethodResolvers(List.of());
    return context;
  }

  /** False only where there is no argument that the first step could read. */
  private static boolean mayRead(SpelNode path, Class<?> type) {
    SpelNode first = path instanceof CompoundExpression ? path.getChild(0) : path;
    return !(first instanceof PropertyOrFieldReference property)
        || !Modifier.isFinal(type.getModifiers())
        || type.isArray()
        || type == Class.class
        || PROPERTIES.has(ClassUtils.resolvePrimitiveIfNecessary(type), property.getName());
  }

  private static boolean isReadOnly(SpelNode node) {
    if (ALLOWED.stream().noneMatch(type -> type.isInstance(node))) {
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
   * Reads an argument.
   *
   * @param argument what is read
   * @return what the expression finds on it
   * @throws IllegalStateException where it finds nothing; without the cause, which may repeat the
   *     argument
   */
  public @Nullable Object read(@Nullable Object argument) {
    try {
      return failuresLeft.get() > 0
          ? readCompiled(argument)
          : interpreted.getValue(CONTEXT, argument);
    } catch (EvaluationException e) {
      String code =
          e instanceof SpelEvaluationException known ? known.getMessageCode().name() : "UNKNOWN";
      throw new IllegalStateException(code.toLowerCase(Locale.ROOT).replace('_', ' '));
    }
  }

  private @Nullable Object readCompiled(@Nullable Object argument) {
    try {
      return compiled.getValue(CONTEXT, argument);
    } catch (EvaluationException | LinkageError e) {
      // Of the argument or of the compiler: if of the argument, it is found again.
      failuresLeft.decrementAndGet();
      return interpreted.getValue(CONTEXT, argument);
    }
  }

  @Override
  public String toString() {
    return interpreted.getExpressionString();
  }

  /** Finds what {@link #CONTEXT} would, without an argument. */
  private static final class Properties extends ReflectivePropertyAccessor {

    boolean has(Class<?> type, String name) {
      return findGetterForProperty(name, type, false) != null
          || findField(name, type, false) != null;
    }
  }
}
