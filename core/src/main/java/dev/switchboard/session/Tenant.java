package dev.switchboard.session;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The parameter says whose session a {@link SpecialistSession} method uses. Once a method. A null
 * or blank tenant fails the call with an {@link IllegalStateException}: nothing is shared by
 * accident.
 *
 * @since 0.1
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.PARAMETER)
public @interface Tenant {

  /**
   * A read-only expression on the argument, such as {@code "state['tenantId']"} or {@code
   * "customer.id"}: properties, indexes and literals. The argument itself where empty, which must
   * then be a simple value (text, number, UUID, enum, ...).
   *
   * @return a SpEL expression, parsed at startup
   */
  String value() default "";
}
