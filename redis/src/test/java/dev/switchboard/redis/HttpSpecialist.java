package dev.switchboard.redis;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What a process uses to talk to a {@link SpecialistServer}; threads may share one. */
final class HttpSpecialist implements SpecialistConnector {

  /** The specialist does not know the session. */
  static final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final URI url;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  HttpSpecialist(URI url) {
    this.url = url;
  }

  @Override
  public String open(SessionKey key) throws IOException, InterruptedException {
    HttpHeaders headers = call(key, "POST", "/sessions", 201).headers();
    return headers.firstValue("Location").orElseThrow().substring("/sessions/".length());
  }

  @Override
  public void close(SessionKey key, String id) throws IOException, InterruptedException {
    call(key, "DELETE", "/sessions/" + id, 204, 404);
  }

  @Override
  public boolean isLost(SessionKey key, String id, Throwable failure) {
    return failure instanceof ForgottenException;
  }

  /**
   * Sends one message within a session.
   *
   * @throws ForgottenException if the specialist does not know it
   */
  void say(SessionKey key, String id) throws IOException, InterruptedException {
    if (call(key, "POST", "/sessions/" + id + "/messages", 200, 404).statusCode() == 404) {
      throw new ForgottenException();
    }
  }

  private HttpResponse<Void> call(SessionKey key, String method, String path, Integer... expected)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(Duration.ofSeconds(60))
            .header(SpecialistServer.KEY_HEADER, text(key))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build();
    HttpResponse<Void> response = http.send(request, BodyHandlers.discarding());
    if (!List.of(expected).contains(response.statusCode())) {
      throw new IOException("The specialist answered " + response.statusCode());
    }
    return response;
  }

  /** The key as the server gets it: equal for equal keys only. */
  static String text(SessionKey key) {
    StringBuilder text = new StringBuilder(key.specialist());
    text.append('/').append(encode(key.tenant() == null ? "" : key.tenant()));
    key.parts().forEach(part -> text.append('/').append(encode(part)));
    return text.toString();
  }

  private static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8);
  }
}
