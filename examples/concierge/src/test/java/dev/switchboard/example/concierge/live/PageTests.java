package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SpecialistSessions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Presses each button and sees its effect. */
@PageTest
class PageTests {

  private static final String MARKETING = "[data-specialist=marketing] ";
  private static final String LATEST = "#calls tbody tr ";

  private static final String SPECIALIST = "td:nth-child(2)";
  private static final String OURS = "td:nth-child(3)";
  private static final String TOOK = "td:nth-child(4)";
  private static final String MAPS = "td:nth-child(5)";

  /** Counts backwards, away from those who visit and burst in. */
  private static final AtomicInteger NEXT = new AtomicInteger(Cast.size());

  @Autowired LocalSpecialists specialists;
  @Autowired SpecialistSessions sessions;
  @LocalServerPort int port;

  private String tenant = Cast.name(NEXT.decrementAndGet());
  private BrowserPage page;

  @BeforeEach
  void open(BrowserPage page) {
    this.page = page;
    page.resize(1280, 900);
    page.open("http://127.0.0.1:" + port + "/");
    shows("#link", "Live");
  }

  @AfterEach
  void close() {
    specialists.agents().forEach(agent -> agent.faults().clear());
    assertThat(page.errors()).isEmpty();
    page.close();
  }

  @Test
  void callIsShownWithWhatBothMadeOfIt() {
    ask();
    latestShows(SPECIALIST, "marketing");
    latestShows(OURS, "opened");
    latestShows(TOOK, "ms");
    latestShows(MAPS, "answered");

    ask();
    latestShows(OURS, "known session");
  }

  @Test
  void forgottenSessionIsSeenToBeLostAndReopened() {
    ask();
    latestShows(OURS, "opened");
    latestShows(MAPS, "answered");

    page.click(button("forget"));
    shows("#events b", "marketing forgets all its sessions");
    ask();

    latestShows(OURS, "lost, reopened");
    shows("#events .ours", "1 lost, 1 opened, 1 answered");
    shows("#events .maps", "0 answered, 1 not answered");
    assertThat(count("lost")).isPositive();
  }

  @Test
  void failingRunsAreSeenToBeRetriedWithinTheBudget() {
    int retries = count("retries");

    page.click(button("fail"));
    shows(MARKETING + ".mood", "fails 4 more");
    ask();

    latestShows(OURS, "not answered, 3 attempts");
    shows("#events .ours", "2 retried, 0 answered, 1 not answered");
    shows(MARKETING + ".mood", "fails 1 more");
    assertThat(count("retries")).isEqualTo(retries + 2);
    assertThat(count("budget")).isLessThan(100);
  }

  @Test
  void slowSpecialistIsSeenToBeSlowUntilThePressIsTakenBack() {
    page.click(button("slow"));
    shows(MARKETING + ".mood", "slow");
    assertThat(page.attribute(button("slow"), "aria-pressed")).isEqualTo("true");
    ask();
    latestShows(OURS, "opened");
    assertThat(page.number(LATEST + TOOK)).isGreaterThanOrEqualTo(3000);

    page.click(button("slow"));
    shows(MARKETING + ".mood", "well");
  }

  @Test
  void callsOfASpecialistThatIsDownAreSeenToFail() {
    page.click(button("down"));
    shows(MARKETING + ".mood", "down");
    ask();
    latestShows(OURS, "not answered, 3 attempts");
    shows("#events .ours", "2 retried, 0 answered, 1 not answered");

    page.click(button("down"));
    shows(MARKETING + ".mood", "well");
  }

  @Test
  void burstIsSeenToOpenOneSessionEachAndToKeepTheBound() {
    int sessions = page.number("[data-specialist=research] .kept b");

    page.click("#burst");

    shows("#events b", "16 new tenants");
    shows("#events .ours", "48 opened");
    shows("#events .ours", "96 answered");
    assertThat(page.number("[data-specialist=research] .kept b"))
        .isEqualTo(Math.min(40, sessions + 16));

    page.click("#burst");
    page.click("#burst");

    await()
        .until(
            () -> page.attribute("[data-specialist=research] .meter", "aria-valuenow"),
            "40"::equals);
    await().until(() -> page.number("[data-specialist=research] [data-count=closed] dd") > 0);
    assertThat(page.text("[data-specialist=research] .kept")).contains("40", "of at most 40");
  }

  @Test
  void tenantWhoLeavesIsSeenToHaveSessionsClosed() {
    page.click("#leave");
    shows("#events b", " leaves");
    String next = after(page.text("#events b").replace(" leaves", ""));
    tenant = next;
    ask();
    await().until(() -> sessions.snapshot().total().draining() == 0);
    await().until(() -> page.number("#ways tr:nth-child(2) td:nth-child(2) small") == closed());

    page.click("#leave");

    shows("#events b", next + " leaves");
    shows("#events .ours", " closed");
  }

  @Test
  void visitorsStartAndPause() {
    page.click("#visitors");
    shows("#visitors", "Pause visitors");
    await().until(() -> !page.text("#events .ours").startsWith("Switchboard\n0 answered"));

    page.click("#visitors");
    shows("#visitors", "Start visitors");
  }

  private long closed() {
    return sessions.snapshot().total().closed();
  }

  private static String after(String tenant) {
    return IntStream.range(0, Cast.size())
        .filter(n -> Cast.name(n).equals(tenant))
        .mapToObj(n -> Cast.name(n + 1))
        .findFirst()
        .orElseThrow();
  }

  private int count(String what) {
    return page.number(MARKETING + "[data-count=" + what + "] dd");
  }

  private static String button(String fault) {
    return MARKETING + "button[data-fault=" + fault + "]";
  }

  private void shows(String selector, String text) {
    await().untilAsserted(() -> assertThat(page.text(selector)).contains(text));
  }

  /** Of our own latest call. */
  private void latestShows(String column, String text) {
    shows(LATEST, tenant);
    shows(LATEST + column, text);
  }

  private void ask() {
    RestClient.create("http://127.0.0.1:" + port)
        .post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", tenant, "message", "a headline"))
        .exchange((request, reply) -> reply.getStatusCode());
  }
}
