package dev.switchboard.retry;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * Retries a method that fails, and counts its retries per request: within one request it is retried
 * at most {@link #maxRetries()} times in total, however often and however deeply nested it is
 * called. {@link RetryContext#current()} tells the method which attempt it is.
 *
 * <p>Names and meanings are those of Spring's {@code @Retryable}; causes are matched too. Unlike
 * there, waits are jittered, and an {@link Error}, an interrupt, a cancellation, a lost session, a
 * call refused for its key and an HTTP status 4xx other than 408, 425 and 429 are never retried
 * unless that type (for a status, Spring's {@code HttpClientErrorException}) or a subtype is
 * {@linkplain #includes() included}; {@code Exception} includes none of them.
 *
 * <p>On a type it holds for the public instance methods of its beans; an annotation on the method
 * wins over it. An attribute left out comes from {@code switchboard.retry.*}; {@code
 * switchboard.retry.operations.<Class.method>.*} wins over what is written here. Durations are
 * written {@code "500ms"}, {@code "1m30s"} or in ISO-8601, always with their unit; all strings take
 * {@code ${...}} placeholders. What cannot work stops startup with an {@link
 * dev.switchboard.InvalidDeclarationException}.
 *
 * @since 0.1
 */
@Target({ElementType.METHOD, ElementType.TYPE})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@Reflective(RetryReflection.class)
public @interface RequestScopedRetry {

  /** The value of {@link #maxRetries()} that leaves it to the settings. */
  int UNSET = Integer.MIN_VALUE;

  /** {@return the same as {@link #includes()}} */
  @AliasFor("includes")
  Class<? extends Throwable>[] value() default {};

  /**
   * {@return the exception types to retry, on the failure itself or among its causes; every type
   * where empty}
   */
  @AliasFor("value")
  Class<? extends Throwable>[] includes() default {};

  /**
   * {@return the exception types not to retry, on the failure itself or among its causes; wins over
   * {@link #includes()}}
   */
  Class<? extends Throwable>[] excludes() default {};

  /**
   * {@return how often the method is retried after its first attempt, in one request; 3 by default,
   * 0 for never, not negative}
   */
  int maxRetries() default UNSET;

  /** {@return the wait before the first retry; 500ms by default, not negative} */
  String delay() default "";

  /** {@return what each wait is multiplied by for the next; 2 by default, at least 1} */
  double multiplier() default Double.NaN;

  /** {@return the longest wait, jitter included; 10s by default, at least {@link #delay()}} */
  String maxDelay() default "";

  /**
   * {@return how far a wait may randomly differ, in proportion as it grows, but never below {@link
   * #delay()}; the delay by default, {@code "0s"} for none, not negative}
   */
  String jitter() default "";

  /**
   * {@return the time for the whole invocation, attempts and waits together; none by default,
   * positive} A wait that would pass it is not begun; a running attempt is not interrupted.
   */
  String timeout() default "";
}
