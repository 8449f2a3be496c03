package dev.switchboard.retry;

import java.time.Clock;
import java.time.Duration;
import java.time.ZonedDateTime;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.HttpStatusCodeException;
import org.springframework.web.client.RestClientResponseException;

/** What failed HTTP calls say about retries. Loaded only where Spring Web is there. */
final class HttpFailures {

  private static final boolean WEB_CLIENT =
      ClassUtils.isPresent(
          "org.springframework.web.reactive.function.client.WebClientResponseException",
          HttpFailures.class.getClassLoader());

  private HttpFailures() {}

  /** Whether listing {@code type} names refusals, and not just any answer of a server. */
  static boolean namesRefusals(Class<?> type) {
    return (RestClientResponseException.class.isAssignableFrom(type)
            && type != RestClientResponseException.class
            && type != HttpStatusCodeException.class)
        || (WEB_CLIENT && WebClientFailures.namesRefusals(type));
  }

  /** Whether trying again cannot help: a status 4xx other than 408, 425 and 429. */
  static boolean isRefusal(Throwable failure) {
    int status = status(failure);
    return status >= 400 && status < 500 && status != 408 && status != 425 && status != 429;
  }

  /** How long the server asks to wait, or null where it does not say so in a way understood. */
  static @Nullable Duration retryAfter(Throwable failure, Clock clock) {
    HttpHeaders headers = headers(failure);
    String value = headers == null ? null : headers.getFirst(HttpHeaders.RETRY_AFTER);
    if (headers == null || value == null) {
      return null;
    }
    try {
      if (value.matches("\\d+")) {
        return Duration.ofSeconds(value.length() > 18 ? Long.MAX_VALUE : Long.parseLong(value));
      }
      ZonedDateTime date = headers.getFirstZonedDateTime(HttpHeaders.RETRY_AFTER);
      return date == null ? null : Duration.between(clock.instant(), date);
    } catch (IllegalArgumentException ex) {
      return null;
    }
  }

  /** The status that was answered, 0 where the failure is no answer. */
  private static int status(Throwable failure) {
    if (failure instanceof RestClientResponseException response) {
      return response.getStatusCode().value();
    }
    return WEB_CLIENT ? WebClientFailures.status(failure) : 0;
  }

  private static @Nullable HttpHeaders headers(Throwable failure) {
    if (failure instanceof RestClientResponseException response) {
      return response.getResponseHeaders();
    }
    return WEB_CLIENT ? WebClientFailures.headers(failure) : null;
  }
}
