package dev.switchboard.session;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter is a further part of the session's key, such as the user or the conversation. Any
 * number, in the order of the parameters. A null or blank part fails the call with an {@link
 * IllegalStateException}.
 *
 * <p>Methods of one specialist that name the same conversation state the same parts in the same
 * order.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface KeyPart {

  /**
   * A read-only expression on the argument, as in {@link Tenant#value}.
   *
   * @return a SpEL expression, parsed at startup
   */
  String value() default "";
}
