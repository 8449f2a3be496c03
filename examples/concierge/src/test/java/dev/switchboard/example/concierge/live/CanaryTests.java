package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.example.concierge.ConciergeApplication;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SpecialistSessions;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;

/** Secrets are planted wherever the concierge takes them, and nothing that it says repeats them. */
@SpringBootTest(
    classes = ConciergeApplication.class,
    webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
    properties = {
      "concierge.tour=false",
      "concierge.visitors=false",
      "concierge.read-timeout=500ms",
      "switchboard.retry.delay=10ms"
    })
@DirtiesContext
class CanaryTests {

  private static final String TENANT = "canary-tenant-7";
  private static final String MESSAGE = "canary-message-8 ";
  private static final String REQUEST = "canary-request-9";

  private static final Gossip GOSSIP = new Gossip();

  @Autowired LocalSpecialists specialists;
  @Autowired SpecialistSessions sessions;
  @Autowired Watchers watchers;
  @Autowired CallLog calls;
  @Autowired MeterRegistry meters;
  @LocalServerPort int port;

  private final HttpClient http = HttpClient.newHttpClient();
  private final List<Said> told = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger root = (Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME);
  private final Logger ours = (Logger) LoggerFactory.getLogger("dev.switchboard");
  private Level rootBefore = Level.WARN;
  private Level oursBefore = Level.INFO;

  @DynamicPropertySource
  static void place(DynamicPropertyRegistry properties) {
    properties.add("switchboard.specialists.marketing.adk.base-url", GOSSIP::baseUrl);
  }

  @BeforeEach
  void listen() {
    // Not before, as Boot sets logging up anew.
    rootBefore = root.getLevel();
    oursBefore = ours.getLevel();
    root.setLevel(Level.INFO);
    ours.setLevel(Level.TRACE);
    log.start();
    root.addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    root.detachAppender(log);
    root.setLevel(rootBefore);
    ours.setLevel(oursBefore);
    specialists.agents().forEach(agent -> agent.faults().clear());
  }

  @AfterAll
  static void close() {
    GOSSIP.close();
  }

  @Test
  void nothingThatIsSaidRepeatsASecret() throws Exception {
    InputStream frames = watch();
    askAndPressAll();
    frames.close();
    gather();

    System.out.printf("Canaries: searched %,d texts%n", told.size());
    assertThat(GOSSIP.opened()).isGreaterThan(3);
    assertThat(told).hasSizeGreaterThan(150);
    assertThat(told.stream().filter(Said::leaks)).isEmpty();
    assertThat(told).extracting(Said::where).contains("log", "GET /live", "GET /state");
    assertThat(told).anyMatch(text -> text.text().contains("\"tenant\":\"acme\""));
  }

  @Test
  void aLeakWouldBeFoundWhereverItIs() {
    String id = specialists.agents().get(0).open(TENANT);
    List<Said> leaks =
        List.of(
            new Said("GET /live", "{\"id\":\"" + id + "\"}"),
            new Said("GET /live", "{\"tenant\":\"" + TENANT + "\"}"),
            new Said("GET /live", Gossip.REPLY),
            new Said("GET /state", Cast.name(200)),
            new Said("POST /ask", MESSAGE));
    assertThat(leaks).allMatch(Said::leaks);

    Logger planted = (Logger) LoggerFactory.getLogger("dev.switchboard.planted");
    planted.trace("called by {}", TENANT);
    planted.debug("failed", new IOException("session " + id));
    Counter metered = meters.counter("planted", "tenant", TENANT);
    ask(TENANT, "odd");
    gather();
    meters.remove(metered);
    assertThat(told.stream().filter(Said::leaks).map(Said::where))
        .containsExactlyInAnyOrder("GET /actuator/prometheus", "log", "log");
  }

  private void askAndPressAll() {
    askAll();
    for (String name : LocalSpecialists.names()) {
      for (String switches :
          List.of(
              "{\"forget\":true}",
              "{\"fail\":4}",
              "{\"clear\":true}",
              "{\"failModel\":2}",
              "{\"slowMillis\":1500}",
              "{\"slowMillis\":0}",
              "{\"down\":true}",
              "{\"down\":false}",
              "{\"fail\":\"" + MESSAGE + "\"}")) {
        send("POST", "/specialists/" + name + "/faults", switches);
        ask(TENANT, "which order");
        ask(TENANT, "who was first");
      }
    }
    send("POST", "/visitors", "{\"on\":true}");
    send("POST", "/visitors/burst", "{}");
    send("POST", "/visitors/leave", "{}");
    await().until(() -> calls.totals().begun() > 100);
    send("POST", "/visitors", "{\"on\":false}");
    askAll();
    send("DELETE", "/tenants/" + TENANT, "");
    send("POST", "/actuator/switchboard", "{\"tenant\":\"" + TENANT + "\"}");
    await().until(() -> calls.latest().stream().noneMatch(this::isOnItsWay));
    await().atMost(Duration.ofSeconds(30)).until(() -> sessions.snapshot().total().draining() == 0);
  }

  private boolean isOnItsWay(Call.Row call) {
    return call.ours() == Call.Outcome.PENDING || call.maps() == Call.Outcome.PENDING;
  }

  private void askAll() {
    for (String how : List.of("", "fails", "lost", "", "odd", "model", "")) {
      ask(TENANT, "headline " + how);
    }
    ask(TENANT + "-refused", "headline");
    ask("acme", "which order");
    ask(TENANT, "which order");
    ask(TENANT, "who was first");
    ask(TENANT + "!", "headline");
    ask(TENANT.repeat(10), "headline");
    ask(TENANT, "headline".repeat(1000));
    send("POST", "/ask", TENANT);
    send("POST", "/ask", "{\"tenant\":[\"" + TENANT + "\"]}");
    send("POST", "/ask", "{\"tenant\":\"" + TENANT);
    send("POST", "/specialists/" + TENANT + "/faults", "{}");
    send("POST", "/visitors", "{\"on\":\"" + MESSAGE + "\"}");
    send("POST", "/actuator/switchboard", "{\"tenant\":[\"" + TENANT + "\"]}");
    send("DELETE", "/tenants/" + TENANT + "!", "");
    send("GET", "/tenants/" + TENANT, "");
    send("GET", "/" + TENANT, "");
  }

  private void ask(String tenant, String message) {
    String text = MESSAGE + message;
    send("POST", "/ask", "{\"tenant\":\"%s\",\"message\":\"%s\"}".formatted(tenant, text));
  }

  private void gather() {
    for (String path :
        List.of(
            "/",
            "/state",
            "/actuator",
            "/actuator/health",
            "/actuator/prometheus",
            "/actuator/switchboard")) {
      send("GET", path, "");
    }
    for (ILoggingEvent event : List.copyOf(log.list)) {
      told.add(new Said("log", event.getLoggerName() + ": " + event.getFormattedMessage()));
      if (event.getThrowableProxy() != null) {
        told.add(new Said("log", ThrowableProxyUtil.asString(event.getThrowableProxy())));
      }
    }
  }

  private void send(String method, String path, String body) {
    HttpRequest request =
        request(path)
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      var reply = http.send(request, BodyHandlers.ofString());
      told.add(new Said(method + " " + path, reply.headers() + " " + reply.body()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .header("X-Request-Id", REQUEST)
        .header("Cookie", "session=" + REQUEST);
  }

  /** Reads what the page reads, until it is closed. */
  private InputStream watch() throws Exception {
    InputStream frames = http.send(request("/live").build(), BodyHandlers.ofInputStream()).body();
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(frames, StandardCharsets.UTF_8));
    Thread reader =
        new Thread(
            () -> {
              try {
                lines
                    .lines()
                    .filter(line -> !line.isEmpty())
                    .forEach(line -> told.add(new Said("GET /live", line)));
              } catch (UncheckedIOException e) {
                told.add(new Said("GET /live", "closed by us"));
              }
            });
    reader.setDaemon(true);
    reader.start();
    await().until(watchers::any);
    return frames;
  }
}
