package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/**
 * No session could be had: the specialist refused to open one, took too long, or the wait for one
 * that another call opens or uses ended. Every caller gets its own; the cause is what the connector
 * threw, and a retry's {@code includes} match it as well. The message names neither tenants nor
 * ids.
 *
 * @since 0.1
 */
public class SessionOpenException extends RuntimeException {

  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message which specialist, and why, without ids
   * @param cause what the connector threw, or null
   */
  public SessionOpenException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }

  static SessionOpenException of(SessionKey key, String reason, @Nullable Throwable cause) {
    return new SessionOpenException(
        "No session of specialist '%s': %s".formatted(key.specialist(), reason), cause);
  }

  /** Another caller's own exception for the same failure. */
  SessionOpenException copy() {
    return new SessionOpenException(String.valueOf(getMessage()), getCause());
  }
}
