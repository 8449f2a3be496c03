package dev.switchboard.micrometer;

import io.micrometer.observation.Observation;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an observed invocation. It has no tenant and no id, so that no convention can
 * tell them.
 *
 * @since 0.1
 */
public final class InvocationObservationContext extends Observation.Context {

  private final @Nullable String operation;
  private @Nullable String specialist;

  /**
   * Creates the context of an invocation.
   *
   * @param operation the operation's name, or null where there is none
   * @param specialist the specialist's name, or null where it is not known yet
   */
  public InvocationObservationContext(@Nullable String operation, @Nullable String specialist) {
    this.operation = operation;
    this.specialist = specialist;
  }

  /**
   * Returns what is called.
   *
   * @return the method as {@code Class.method} or the operation's name; null in a programmatic call
   *     of a session without retries
   */
  public @Nullable String getOperation() {
    return operation;
  }

  /**
   * Returns who is called.
   *
   * @return the specialist's name; null without a session, and at the start of a call with retries
   */
  public @Nullable String getSpecialist() {
    return specialist;
  }

  void setSpecialist(String name) {
    specialist = name;
  }
}
