package dev.switchboard.connector;

import java.io.IOException;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import org.springframework.http.MediaType;
import org.springframework.http.client.ClientHttpResponse;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClient.RequestHeadersSpec.ConvertibleClientHttpResponse;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;

/** The sessions of one app over HTTP: the routes that the servers of all runtimes share. */
final class AdkSessions {

  private static final String SESSIONS = "/apps/{app}/users/{user}/sessions";
  private static final String SESSION = SESSIONS + "/{session}";

  private final String app;
  private final SafeFailures failures;
  private final RestClient http;
  private final RestClient probing;

  AdkSessions(
      String baseUrl,
      String app,
      RestClient.Builder settings,
      HttpClient transport,
      Duration readTimeout,
      Duration probeTimeout) {
    this.app = app;
    this.failures = new SafeFailures(app);
    this.http = client(baseUrl, settings, transport, readTimeout);
    this.probing = client(baseUrl, settings, transport, probeTimeout);
  }

  private RestClient client(
      String baseUrl, RestClient.Builder settings, HttpClient transport, Duration timeout) {
    DefaultUriBuilderFactory urls = new DefaultUriBuilderFactory(baseUrl);
    urls.setEncodingMode(EncodingMode.VALUES_ONLY);
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(transport);
    requests.setReadTimeout(timeout);
    requests.enableCompression(false);
    return settings
        .clone()
        .uriBuilderFactory(urls)
        .requestFactory(requests)
        .bufferContent((url, method) -> false)
        .requestInterceptors(
            interceptors -> {
              interceptors.add(0, failures);
              interceptors.add(new BoundedReplies());
            })
        .observationConvention(new TemplateOnlyConvention())
        .build();
  }

  /** Creates a session and returns the id that the server gave it. */
  String create(String user) {
    return http.post()
        .uri(SESSIONS, app, user)
        .contentType(MediaType.APPLICATION_JSON)
        .accept(MediaType.APPLICATION_JSON)
        .body(out -> out.write("{}".getBytes(StandardCharsets.UTF_8)))
        .exchangeForRequiredValue(
            (request, reply) -> {
              requireSuccess(HttpMethod.POST, reply);
              return idIn(reply);
            });
  }

  /** Deletes a session, if there is one. */
  void delete(String user, String id) {
    http.delete()
        .uri(SESSION, app, user, segment(id))
        .accept(MediaType.APPLICATION_JSON)
        .exchangeForRequiredValue(
            (request, reply) -> {
              HttpStatusCode status = reply.getStatusCode();
              if (!status.isSameCodeAs(HttpStatus.NOT_FOUND)) {
                requireSuccess(HttpMethod.DELETE, reply);
              }
              return status;
            });
  }

  /** Whether the server knows for sure that there is no such session. */
  boolean isMissing(String user, String id) {
    try {
      return probing
          .get()
          .uri(SESSION, app, user, segment(id))
          .accept(MediaType.APPLICATION_JSON)
          .exchangeForRequiredValue(
              (request, reply) ->
                  reply.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND)
                      && NotFoundReply.isOfSessionRoute(text(reply), id));
    } catch (RuntimeException e) {
      return false;
    }
  }

  private void requireSuccess(HttpMethod method, ClientHttpResponse reply) throws IOException {
    if (!reply.getStatusCode().is2xxSuccessful()) {
      throw failures.answered(method, reply.getStatusCode(), reply.getHeaders());
    }
  }

  private String idIn(ConvertibleClientHttpResponse reply) {
    Map<?, ?> session = json(reply);
    if (session != null && session.get("id") instanceof String id && !id.isBlank()) {
      return segment(id);
    }
    throw failures.unusable(HttpMethod.POST, "the reply has no id");
  }

  private @Nullable Map<?, ?> json(ConvertibleClientHttpResponse reply) {
    try {
      return reply.bodyTo(Map.class);
    } catch (RuntimeException e) {
      throw failures.unusable(HttpMethod.POST, "the reply could not be read as JSON");
    }
  }

  private static String text(ClientHttpResponse reply) throws IOException {
    return new String(reply.getBody().readAllBytes(), StandardCharsets.UTF_8);
  }

  /** Refuses what stays a step in the hierarchy however it is encoded. */
  private static String segment(String id) {
    if (id.equals(".") || id.equals("..")) {
      throw new IllegalArgumentException("a session id must not be a dot segment");
    }
    return id;
  }
}
