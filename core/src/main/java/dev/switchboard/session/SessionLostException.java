package dev.switchboard.session;

import dev.switchboard.NonRetryable;
import org.jspecify.annotations.Nullable;

/**
 * The specialist no longer knows the session. A method throws it to say so, and its session is
 * reopened once; callers get it when the reopened session was lost as well. Not retried unless
 * listed. Messages must name neither tenants nor ids.
 *
 * @since 0.1
 */
public class SessionLostException extends RuntimeException implements NonRetryable {

  private static final long serialVersionUID = 1L;

  /** Whether the engine has thrown it, so that it says nothing about an enclosing session. */
  private final boolean judged;

  /**
   * Creates the failure.
   *
   * @param message what was lost, without ids
   */
  public SessionLostException(String message) {
    this(message, null);
  }

  /**
   * Creates the failure.
   *
   * @param message what was lost, without ids
   * @param cause how the loss was noticed, or null
   */
  public SessionLostException(String message, @Nullable Throwable cause) {
    this(message, cause, false);
  }

  private SessionLostException(String message, @Nullable Throwable cause, boolean judged) {
    super(message, cause);
    this.judged = judged;
  }

  /** The second loss within one call; no session of an enclosing call is meant. */
  static SessionLostException again(SessionKey key, Throwable cause) {
    return new SessionLostException(
        "Specialist '%s' lost the session again after it was reopened".formatted(key.specialist()),
        cause,
        true);
  }

  boolean isJudged() {
    return judged;
  }
}
