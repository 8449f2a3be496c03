package dev.switchboard.retry;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The request that a {@link RequestScopedRetry} method is called for: calls with equal values share
 * one count of retries, on whatever thread they run. Values are equal when their texts are; several
 * parameters compose, in their order. A value that is null, blank, longer than 512 characters or no
 * simple value (text, number, UUID, ...) fails the call with an {@link IllegalStateException}. A
 * call made in another's attempt belongs to that one's request instead.
 *
 * @since 0.1
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface RequestId {

  /**
   * {@return a read-only expression for the part of the argument to take, such as {@code "turn.id"}
   * or {@code "state['turn']"}: properties, indexes and literals; the argument itself by default}
   */
  String value() default "";
}
