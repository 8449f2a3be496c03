package dev.switchboard.connector;

import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.format.annotation.DurationFormat;
import org.springframework.format.datetime.standard.DurationFormatterUtils;
import org.springframework.web.client.RestClient;

/**
 * Collects what an {@link AdkConnector} needs. Not thread-safe.
 *
 * @since 0.1
 */
public final class AdkConnectorBuilder {

  private static final Duration MAX_TIMEOUT = Duration.ofHours(1);
  private static final Duration MAX_PROBE_TIMEOUT = Duration.ofSeconds(2);

  private @Nullable String baseUrl;
  private @Nullable String app;
  private RestClient.Builder restClient = RestClient.builder();
  private @Nullable HttpClient httpClient;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration readTimeout = Duration.ofSeconds(20);
  private Duration probeTimeout = MAX_PROBE_TIMEOUT;

  AdkConnectorBuilder() {}

  /**
   * Sets where the server is. Required.
   *
   * @param baseUrl an absolute http or https URL; it may have a path, but no query, fragment or
   *     credentials; a slash at its end does not matter
   * @return this builder
   */
  public AdkConnectorBuilder baseUrl(String baseUrl) {
    this.baseUrl = baseUrl;
    return this;
  }

  /**
   * Sets which of the server's apps. Required.
   *
   * @param app the app's name, not blank, neither {@code .} nor {@code ..}, without slashes and
   *     backslashes
   * @return this builder
   */
  public AdkConnectorBuilder app(String app) {
    this.app = app;
    return this;
  }

  /**
   * Sets a client whose headers, interceptors, message converters and observation registry are used
   * as well, such as the one that Spring Boot configures. Its base URL, request factory, status
   * handlers and observation convention are not. A plain one by default.
   *
   * @param restClient the client's settings, copied by {@link #build}
   * @return this builder
   */
  public AdkConnectorBuilder restClient(RestClient.Builder restClient) {
    this.restClient = restClient;
    return this;
  }

  /**
   * Sets the transport, for a trust store or a proxy of its own; the {@link #connectTimeout} is
   * then its concern, the others still hold. By default it speaks HTTP/1.1 without asking for an
   * upgrade, which not every ADK server expects.
   *
   * @param httpClient a client that follows no redirects
   * @return this builder
   */
  public AdkConnectorBuilder httpClient(HttpClient httpClient) {
    this.httpClient = httpClient;
    return this;
  }

  /**
   * Sets how long connecting may take.
   *
   * @param connectTimeout from 1 ms to 1 h; 5 s by default
   * @return this builder
   */
  public AdkConnectorBuilder connectTimeout(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
    return this;
  }

  /**
   * Sets how long opening or closing may take in all, from connecting to the reply's last byte.
   *
   * @param readTimeout from 1 ms to 1 h; 20 s by default, which leaves room within the engine's
   *     {@code open-timeout}
   * @return this builder
   */
  public AdkConnectorBuilder readTimeout(Duration readTimeout) {
    this.readTimeout = readTimeout;
    return this;
  }

  /**
   * Sets how long asking after a session may take in all, once a call has failed with 500.
   *
   * @param probeTimeout from 1 ms to 2 s; 2 s by default
   * @return this builder
   */
  public AdkConnectorBuilder probeTimeout(Duration probeTimeout) {
    this.probeTimeout = probeTimeout;
    return this;
  }

  /**
   * Creates the connector. Connects to nothing yet.
   *
   * @return the connector
   * @throws IllegalArgumentException if a setting is missing or breaks its rule
   */
  public AdkConnector build() {
    check("connectTimeout", connectTimeout, MAX_TIMEOUT);
    check("readTimeout", readTimeout, MAX_TIMEOUT);
    check("probeTimeout", probeTimeout, MAX_PROBE_TIMEOUT);
    AdkSessions sessions =
        new AdkSessions(
            checkedBaseUrl(), checkedApp(), restClient, transport(), readTimeout, probeTimeout);
    return new AdkConnector(sessions, probeTimeout);
  }

  private String checkedBaseUrl() {
    if (baseUrl == null) {
      throw new IllegalArgumentException("AdkConnector: baseUrl must be set");
    }
    URI url;
    try {
      url = new URI(baseUrl.strip());
    } catch (URISyntaxException e) {
      throw badBaseUrl();
    }
    boolean web =
        "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
    if (!web
        || url.getHost() == null
        || url.getRawUserInfo() != null
        || url.getRawQuery() != null
        || url.getRawFragment() != null) {
      throw badBaseUrl();
    }
    return url.toString().replaceFirst("/+$", "");
  }

  /** Does not print the value, which may hold credentials. */
  private static IllegalArgumentException badBaseUrl() {
    return new IllegalArgumentException(
        "AdkConnector: baseUrl must be an absolute http or https URL"
            + " without credentials, query and fragment");
  }

  private String checkedApp() {
    if (app == null) {
      throw new IllegalArgumentException("AdkConnector: app must be set");
    }
    // Servers and proxies take a slash for a step in the hierarchy, encoded as it is.
    if (app.isBlank() || app.equals(".") || app.equals("..") || app.matches("(?s).*[/\\\\].*")) {
      throw new IllegalArgumentException(
          "AdkConnector: app must be a name but was '%s'".formatted(app));
    }
    return app;
  }

  private static void check(String setting, Duration timeout, Duration max) {
    if (timeout.compareTo(Duration.ofMillis(1)) < 0 || timeout.compareTo(max) > 0) {
      throw new IllegalArgumentException(
          "AdkConnector: %s must be from 1ms to %s but was %s"
              .formatted(setting, print(max), print(timeout)));
    }
  }

  private static String print(Duration value) {
    return value.isZero()
        ? "0s"
        : DurationFormatterUtils.print(value, DurationFormat.Style.COMPOSITE);
  }

  private HttpClient transport() {
    if (httpClient == null) {
      return HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .followRedirects(HttpClient.Redirect.NEVER)
          .connectTimeout(connectTimeout)
          .build();
    }
    if (httpClient.followRedirects() != HttpClient.Redirect.NEVER) {
      throw new IllegalArgumentException(
          "AdkConnector: httpClient must follow redirects NEVER but follows them %s"
              .formatted(httpClient.followRedirects()));
    }
    return httpClient;
  }
}
