package dev.switchboard.session;

import java.io.IOException;
import java.util.Map;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Sends the session's id in a header of each request that an invocation makes by {@code RestClient}
 * or {@code RestTemplate}. The id is a secret, so it goes only where {@link SessionContext#current}
 * is a call of a specialist that has a header, and not with what a connector asks or opens; a
 * request to anyone else within that call carries it too. A header that is set already stays, and
 * an id that is still to be learned is left out. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class SessionHeaderInterceptor implements ClientHttpRequestInterceptor {

  private final SessionHeaders headers;

  /**
   * Creates an interceptor.
   *
   * @param headers the header's name for each specialist that has one
   * @throws IllegalArgumentException if the name of a specialist or header is not one
   */
  public SessionHeaderInterceptor(Map<String, String> headers) {
    this.headers = new SessionHeaders(headers);
  }

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    headers.addTo(request.getHeaders());
    return execution.execute(request, body);
  }
}
