package dev.switchboard.example.concierge;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What callers may send. Refusals do not repeat it. */
final class Input {

  private static final Pattern TENANT = Pattern.compile("[\\p{L}\\p{N}._@-]{1,64}");
  private static final int MAX_MESSAGE = 4000;

  private Input() {}

  static String tenant(@Nullable String tenant) {
    if (tenant == null || !TENANT.matcher(tenant).matches()) {
      throw Problem.badInput("tenant must be 1 to 64 letters, digits and . _ - @");
    }
    return tenant;
  }

  static String message(@Nullable String message) {
    if (message == null || message.isBlank() || message.length() > MAX_MESSAGE) {
      throw Problem.badInput("message must have 1 to 4000 characters and not be blank");
    }
    return message;
  }
}
