package dev.switchboard.redis;

import io.lettuce.core.RedisCommandExecutionException;
import java.util.concurrent.CompletionException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.RedisConnectionFailureException;

/** Tells what it means that a command has failed. */
final class RedisFailures {

  /** Of a command, and of one within a script. */
  private static final Pattern RIGHT_MISSING =
      Pattern.compile("^NOPERM|ACL.failure|user.executing");

  private RedisFailures() {}

  /** Whether a command that failed so may have reached Redis, or may yet. */
  static boolean wasSent(Throwable failure) {
    return !(cause(failure) instanceof RedisConnectionFailureException);
  }

  /** What a stage has failed with. */
  static Throwable cause(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  /** Whether Redis has answered, though with an error. */
  static boolean isRefused(Throwable failure) {
    return cause(failure) instanceof RedisCommandExecutionException;
  }

  /**
   * What Redis has answered instead of doing what it was told, or null where it has not. Of the
   * error its code, of one without a code how it begins, as the rest may repeat what was sent; all
   * of it where a right is missing.
   */
  static @Nullable String refusal(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof RedisCommandExecutionException) {
        String error = String.valueOf(cause.getMessage());
        return RIGHT_MISSING.matcher(error).find()
            ? error
            : error.split(error.startsWith("ERR ") ? "[,:]" : " ", 2)[0];
      }
    }
    return null;
  }

  /** Whether something else is kept under a key of ours. */
  static boolean isOfAnotherType(Throwable failure) {
    return isRefused(failure) && String.valueOf(cause(failure).getMessage()).contains("WRONGTYPE");
  }
}
