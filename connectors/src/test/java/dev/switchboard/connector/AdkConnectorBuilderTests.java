package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.http.HttpClient;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdkConnectorBuilderTests {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "localhost:8000",
        "/agents",
        "ftp://localhost",
        "http:///agents",
        "http://secret@localhost",
        "http://localhost?key=secret",
        "http://localhost#secret",
        "http://localhost/{secret}",
        "http://local_host"
      })
  void baseUrlThatIsNoneIsRefusedWithoutBeingPrinted(String baseUrl) {
    AdkConnectorBuilder builder = AdkConnector.builder().baseUrl(baseUrl).app("marketing");
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "AdkConnector: baseUrl must be an absolute http or https URL"
                + " without credentials, query and fragment");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", ".", "..", "a/b", "/", "a\\b"})
  void appThatIsNoNameIsRefused(String app) {
    AdkConnectorBuilder builder = AdkConnector.builder().baseUrl("http://localhost").app(app);
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AdkConnector: app must be a name but was '" + app + "'");
  }

  @Test
  void baseUrlAndAppAreRequired() {
    assertThatThrownBy(AdkConnector.builder().app("marketing")::build)
        .hasMessage("AdkConnector: baseUrl must be set");
    assertThatThrownBy(AdkConnector.builder().baseUrl("HTTPS://localhost")::build)
        .hasMessage("AdkConnector: app must be set");
  }

  @Test
  void timeoutsAreNeverInfinite() {
    assertThatThrownBy(valid().connectTimeout(Duration.ZERO)::build)
        .hasMessage("AdkConnector: connectTimeout must be from 1ms to 1h but was 0s");
    assertThatThrownBy(valid().readTimeout(Duration.ofSeconds(Long.MAX_VALUE))::build)
        .hasMessageStartingWith("AdkConnector: readTimeout must be from 1ms to 1h but was");
    assertThatThrownBy(valid().probeTimeout(Duration.ofMillis(2001))::build)
        .hasMessage("AdkConnector: probeTimeout must be from 1ms to 2s but was 2s1ms");
    assertThat(valid().probeTimeout(Duration.ofMillis(1)).build()).isNotNull();
  }

  @Test
  void transportThatFollowsRedirectsIsRefused() {
    HttpClient following =
        HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NORMAL).build();
    assertThatThrownBy(valid().httpClient(following)::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("AdkConnector: httpClient must follow redirects NEVER but follows them NORMAL");
    assertThat(valid().httpClient(HttpClient.newHttpClient()).build()).isNotNull();
  }

  private static AdkConnectorBuilder valid() {
    return AdkConnector.builder().baseUrl("http://localhost").app("marketing");
  }
}
