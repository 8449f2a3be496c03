package dev.switchboard.retry;

import dev.switchboard.ConnectorWork;
import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** What an HTTP request says and keeps of the attempt that this thread makes. */
final class RetryHeaders {

  /** As in the IETF's draft of that name, and where specialists have idempotency keys at all. */
  static final String IDEMPOTENCY_KEY = "Idempotency-Key";

  /** There is no standard; without {@code X-}, as RFC 6648 asks. */
  static final String ATTEMPT_NUMBER = "Attempt-Number";

  /** Clients take zero for no limit, and some of them know only milliseconds. */
  private static final Duration LEAST = Duration.ofMillis(1);

  private RetryHeaders() {}

  /** Adds what is not set yet, within an attempt and outside of a connector. */
  static void addTo(HttpHeaders headers) {
    RetryContext context = RetryContext.bound();
    ThreadBindings around = ConnectorWork.around();
    if (context == null || (around != null && Invocation.in(around) == Invocation.current())) {
      return;
    }
    if (!headers.containsHeader(IDEMPOTENCY_KEY)) {
      headers.set(IDEMPOTENCY_KEY, context.invocationId().toString());
    }
    if (!headers.containsHeader(ATTEMPT_NUMBER)) {
      headers.set(ATTEMPT_NUMBER, Integer.toString(context.attempt()));
    }
  }

  /** How long the request may take at most, at least a millisecond; null for any time. */
  static @Nullable Duration timeLeft() {
    RetryContext context = RetryContext.bound();
    Duration left = context == null ? null : context.remaining().orElse(null);
    return left == null || left.compareTo(LEAST) > 0 ? left : LEAST;
  }
}
