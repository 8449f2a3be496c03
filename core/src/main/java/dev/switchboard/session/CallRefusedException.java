package dev.switchboard.session;

import dev.switchboard.NonRetryable;
import org.jspecify.annotations.Nullable;

/** The call cannot be served as it is, however often it is tried: its key, or the time it comes. */
final class CallRefusedException extends IllegalStateException implements NonRetryable {

  private static final long serialVersionUID = 1L;

  CallRefusedException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
