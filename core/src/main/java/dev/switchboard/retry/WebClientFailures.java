package dev.switchboard.retry;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.web.reactive.function.client.WebClientResponseException;

/** What answers are that {@code WebClient} took for failures. Loaded only where it is there. */
final class WebClientFailures {

  private WebClientFailures() {}

  static boolean namesRefusals(Class<?> type) {
    return WebClientResponseException.class.isAssignableFrom(type)
        && type != WebClientResponseException.class;
  }

  static int status(Throwable failure) {
    return failure instanceof WebClientResponseException response
        ? response.getStatusCode().value()
        : 0;
  }

  static @Nullable HttpHeaders headers(Throwable failure) {
    return failure instanceof WebClientResponseException response ? response.getHeaders() : null;
  }
}
