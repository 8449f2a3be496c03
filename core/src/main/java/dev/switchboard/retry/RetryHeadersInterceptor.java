package dev.switchboard.retry;

import java.io.IOException;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Tells the server of each request that an attempt makes, by {@code RestClient} or {@code
 * RestTemplate}, to which invocation it belongs: {@code Idempotency-Key} is the {@link
 * RetryContext#invocationId() invocation's id}, the same in all its attempts, and {@code
 * Attempt-Number} is the {@link RetryContext#attempt() attempt}, from 1. What is set already stays;
 * requests outside an attempt, and those that a connector makes itself, get nothing.
 *
 * <p>An invocation that makes several requests must give each its own key: set the header there.
 * For read timeouts see {@link DeadlineRequestFactory}. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryHeadersInterceptor implements ClientHttpRequestInterceptor {

  /** Creates an interceptor, all alike. */
  public RetryHeadersInterceptor() {}

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    RetryHeaders.addTo(request.getHeaders());
    return execution.execute(request, body);
  }
}
