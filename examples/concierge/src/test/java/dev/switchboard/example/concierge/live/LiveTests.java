package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.example.concierge.ConciergeApplication;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;

@SpringBootTest(
    classes = ConciergeApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {"concierge.tour=false", "concierge.visitors=false"})
class LiveTests {

  private static final Pattern LINK = Pattern.compile("(?:src|href)=\"([^\"#]+)\"");

  @Autowired Watchers watchers;
  @Autowired LocalSpecialists specialists;
  @LocalServerPort int port;

  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void streamsAreBoundedAndThoseWhoGoMakeRoom() throws Exception {
    List<InputStream> streams = new ArrayList<>();
    for (int n = 0; n < Watchers.MAX; n++) {
      streams.add(watch().body());
    }
    assertThat(watch().statusCode()).isEqualTo(503);

    for (InputStream stream : streams) {
      stream.close();
    }

    await().until(() -> watchers.count() == 0);
    try (InputStream stream = watch().body()) {
      assertThat(text(stream, 5)).isEqualTo("data:");
    }
  }

  @Test
  void frameNamesNeitherIdsNorTenantsNotMadeUp() throws Exception {
    post("/ask", "{\"tenant\":\"confidential-gmbh\",\"message\":\"who was first\"}");
    String id = idOf("confidential-gmbh");

    try (InputStream stream = watch().body()) {
      String frame = text(stream, 1500);
      assertThat(frame).contains("research", "\"tenant\":null").doesNotContain("confidential", id);
    }
  }

  @Test
  void visitorsAreNotSentByForms() throws Exception {
    for (String path : List.of("/visitors", "/visitors/burst", "/visitors/leave")) {
      HttpRequest form =
          HttpRequest.newBuilder(uri(path))
              .header("Content-Type", "application/x-www-form-urlencoded")
              .POST(HttpRequest.BodyPublishers.ofString("on=true"))
              .build();
      assertThat(http.send(form, BodyHandlers.discarding()).statusCode()).isEqualTo(415);
    }
  }

  @Test
  void pageMayLoadOnlyItsOwnFilesAndTheyAreThere() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .contains("default-src 'none'", "script-src 'self'", "style-src 'self'")
                    .doesNotContain("unsafe"));
    assertThat(LINK.matcher(page.body()).results().map(link -> link.group(1)))
        .hasSizeGreaterThan(5)
        .allSatisfy(link -> assertThat(get("/" + link).statusCode()).isEqualTo(200));
  }

  private String idOf(String tenant) {
    return Objects.requireNonNull(specialists.find("research")).idsOf(tenant).get(0);
  }

  private static String text(InputStream stream, int bytes) throws IOException {
    return new String(stream.readNBytes(bytes), StandardCharsets.UTF_8);
  }

  private HttpResponse<InputStream> watch() throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri("/live")).build(), BodyHandlers.ofInputStream());
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
  }

  private void post(String path, String json) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path))
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build();
    assertThat(http.send(request, BodyHandlers.discarding()).statusCode()).isEqualTo(200);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }
}
