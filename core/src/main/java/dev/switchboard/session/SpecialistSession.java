package dev.switchboard.session;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;
import org.springframework.core.annotation.AliasFor;

/**
 * The method calls a remote specialist within a session that is kept between calls: opened on first
 * use, shared by concurrent callers of the same {@linkplain Tenant tenant} and {@linkplain KeyPart
 * key parts}, reopened when the specialist has lost it, bounded, expiring, and closed at the
 * specialist when it leaves. The method reads it from {@link SessionContext#current()}.
 *
 * <p>May stand on a class's or an interface's method and as a meta-annotation of what stands there;
 * not on a class, since the key is made of a method's parameters. Strings take <code>${...}</code>
 * placeholders. Durations are written {@code "30m"} or as ISO-8601. What is written wrong stops
 * startup with an {@link dev.switchboard.InvalidDeclarationException}.
 *
 * <p>{@code ttl}, {@code idleTimeout} and {@code maxSize} belong to the specialist: two methods
 * that state different values conflict. The properties {@code switchboard.specialists.<name>.*} win
 * over the annotation, the annotation over {@code switchboard.session.*}.
 *
 * @since 0.1
 */
@Documented
@Reflective(SessionReflection.class)
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.ANNOTATION_TYPE})
public @interface SpecialistSession {

  /** What {@link #maxSize} holds where nothing is stated. */
  int UNSET = Integer.MIN_VALUE;

  /**
   * The specialist's name, as {@link #specialist}.
   *
   * @return the name
   */
  @AliasFor("specialist")
  String value() default "";

  /**
   * The specialist's name, {@code [a-z0-9-]+}; it selects connector, settings and sessions.
   *
   * @return the name
   */
  @AliasFor("value")
  String specialist() default "";

  /**
   * How long a session is served after its opening returned; positive. Where neither this nor
   * {@link #idleTimeout} is given anywhere, 8 hours.
   *
   * @return a duration, or nothing
   */
  String ttl() default "";

  /**
   * How long a session is kept after its last use ended; positive. Where neither this nor {@link
   * #ttl} is given anywhere, 30 minutes.
   *
   * @return a duration, or nothing
   */
  String idleTimeout() default "";

  /**
   * How many sessions are kept for the specialist, at least 1; the least recently used leaves
   * first, idle ones before those in use. 1000 where nothing is stated.
   *
   * @return a number of sessions
   */
  int maxSize() default UNSET;

  /**
   * Whether calls of the methods that say so run one at a time on one session, in order of arrival.
   * One nested in another joins it, and the next waits for both. The wait is bounded by the retry's
   * time-out and {@code switchboard.session.exclusive-wait}.
   *
   * @return whether calls queue
   */
  boolean exclusive() default false;

  /**
   * Failures that mean that the specialist no longer knows the session, causes included, besides
   * {@link SessionLostException} and what the connector calls lost.
   *
   * @return exception types
   */
  Class<? extends Throwable>[] lostOn() default {};
}
