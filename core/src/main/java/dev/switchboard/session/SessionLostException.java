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
    super(message, cause);
  }
}
