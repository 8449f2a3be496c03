package dev.switchboard.connector;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpRequest;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.client.ClientHttpRequestExecution;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.ClientHttpResponse;

/**
 * Reads at most {@link #MAX_BYTES} of a reply and hangs up. A longer success is a failure; a longer
 * error keeps its status and is cut. Comes last among the interceptors, so that none reads more.
 */
final class BoundedReplies implements ClientHttpRequestInterceptor {

  static final int MAX_BYTES = 64 * 1024;

  @Override
  public ClientHttpResponse intercept(
      HttpRequest request, byte[] body, ClientHttpRequestExecution execution) throws IOException {
    ClientHttpResponse reply = execution.execute(request, body);
    // Closing the reply instead of its stream would first read the stream to its end.
    try (InputStream stream = reply.getBody()) {
      byte[] read = stream.readNBytes(MAX_BYTES + 1);
      if (read.length > MAX_BYTES) {
        if (reply.getStatusCode().is2xxSuccessful()) {
          throw new ReplyTooLongException();
        }
        read = Arrays.copyOf(read, MAX_BYTES);
      }
      return new Reply(reply.getStatusCode(), reply.getStatusText(), reply.getHeaders(), read);
    }
  }

  /** The reply was longer than {@link #MAX_BYTES}. */
  static final class ReplyTooLongException extends IOException {

    private static final long serialVersionUID = 1L;

    ReplyTooLongException() {
      super("the reply was longer than " + MAX_BYTES + " bytes");
    }
  }

  private static final class Reply implements ClientHttpResponse {

    private final HttpStatusCode status;
    private final String statusText;
    private final HttpHeaders headers;
    private final byte[] body;

    Reply(HttpStatusCode status, String statusText, HttpHeaders headers, byte[] body) {
      this.status = status;
      this.statusText = statusText;
      this.headers = headers;
      this.body = body;
    }

    @Override
    public HttpStatusCode getStatusCode() {
      return status;
    }

    @Override
    public String getStatusText() {
      return statusText;
    }

    @Override
    public HttpHeaders getHeaders() {
      return headers;
    }

    @Override
    public InputStream getBody() {
      return new ByteArrayInputStream(body);
    }

    @Override
    public void close() {}
  }
}
