package dev.switchboard.connector;

import dev.switchboard.connector.BoundedReplies.ReplyTooLongException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.web.client.HttpClientErrorException;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/**
 * Replaces failures by ones that name neither tenants nor ids, which URLs, bodies and most headers
 * do. What callers and retries act upon stays: the type, the status, {@code Retry-After}. Comes
 * first among the interceptors, so that it sees what every other throws, and before the observation
 * that would record it.
 */
final class SafeFailures implements ClientHttpRequestInterceptor {

  private final String app;

  SafeFailures(String app) {
    this.app = app;
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) {
    HttpMethod method = request.getMethod();
    try {
      return execution.execute(request, body);
    } catch (RestClientResponseException e) {
      throw answered(method, e.getStatusCode(), e.getResponseHeaders());
    } catch (ResourceAccessException e) {
      throw broken(method, e.getCause() instanceof IOException cause ? cause : new IOException());
    } catch (IOException e) {
      throw broken(method, e);
    } catch (RuntimeException e) {
      throw unusable(method, e.getClass().getName());
    }
  }

  /** The failure that stands for a status that is none of success. */
  RestClientResponseException answered(
      HttpMethod method, HttpStatusCode status, @Nullable HttpHeaders replied) {
    HttpStatus known = HttpStatus.resolve(status.value());
    String reason = known == null ? "" : known.getReasonPhrase();
    String message =
        "%s was answered %d %s".formatted(describe(method), status.value(), reason).strip();
    HttpHeaders headers = new HttpHeaders();
    String retryAfter = replied == null ? null : replied.getFirst(HttpHeaders.RETRY_AFTER);
    if (retryAfter != null) {
      headers.set(HttpHeaders.RETRY_AFTER, retryAfter);
    }
    byte[] body = {};
    if (status.is4xxClientError()) {
      return HttpClientErrorException.create(
          message, status, reason, headers, body, StandardCharsets.UTF_8);
    }
    if (status.is5xxServerError()) {
      return HttpServerErrorException.create(
          message, status, reason, headers, body, StandardCharsets.UTF_8);
    }
    return new RestClientResponseException(
        message, status, reason, headers, body, StandardCharsets.UTF_8);
  }

  /** The failure that stands for a reply that cannot be used. */
  RestClientException unusable(HttpMethod method, String why) {
    return new RestClientException(describe(method) + " failed: " + why);
  }

  private ResourceAccessException broken(HttpMethod method, IOException failure) {
    IOException safe = withoutDetails(failure);
    safe.setStackTrace(failure.getStackTrace());
    return new ResourceAccessException(describe(method) + " failed: " + safe.getMessage(), safe);
  }

  private static IOException withoutDetails(IOException failure) {
    if (failure instanceof HttpConnectTimeoutException) {
      return new HttpConnectTimeoutException("connecting timed out");
    }
    if (failure instanceof HttpTimeoutException) {
      return new HttpTimeoutException("timed out");
    }
    if (failure instanceof ReplyTooLongException) {
      return new ReplyTooLongException();
    }
    if (failure.getCause() instanceof InterruptedException) {
      return new InterruptedIOException("interrupted");
    }
    String root = NestedExceptionUtils.getMostSpecificCause(failure).getClass().getSimpleName();
    if (failure instanceof ConnectException) {
      return new ConnectException("no connection, " + root);
    }
    if (failure instanceof SSLException) {
      return new SSLException("no secure connection, " + root);
    }
    return new IOException(root);
  }

  private String describe(HttpMethod method) {
    return "%s at the ADK server of app '%s'".formatted(method, app);
  }
}
