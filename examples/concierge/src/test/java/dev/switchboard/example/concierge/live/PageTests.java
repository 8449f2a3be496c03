package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SpecialistSessions;
import java.util.Map;
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

  private static final String BOTH_ANSWERED =
      "td[data-outcome=ANSWERED] + td + td[data-outcome=ANSWERED]";

  @Autowired LocalSpecialists specialists;
  @Autowired SpecialistSessions sessions;
  @LocalServerPort int port;

  private BrowserPage page;

  @BeforeEach
  void open(BrowserPage page) {
    this.page = page;
    page.resize(1280, 900);
    page.open("http://127.0.0.1:" + port + "/");
    await().untilAsserted(() -> assertThat(page.text("#link")).isEqualTo("Live"));
  }

  @AfterEach
  void close() {
    specialists.agents().forEach(agent -> agent.faults().clear());
    assertThat(page.errors()).isEmpty();
    page.close();
  }

  @Test
  void callIsShownWithWhatBothMadeOfIt() {
    String tenant = Cast.name(Cast.size() - 1);
    ask(tenant);

    await()
        .untilAsserted(() -> assertThat(page.text(LATEST + "td:nth-child(3)")).isEqualTo("opened"));
    await()
        .untilAsserted(
            () -> assertThat(page.text(LATEST + "td:nth-child(5)")).isEqualTo("answered"));
    assertThat(page.text(LATEST)).contains(tenant, "marketing", "ms");

    ask(tenant);
    await()
        .untilAsserted(
            () -> assertThat(page.text(LATEST + "td:nth-child(3)")).isEqualTo("known session"));
  }

  @Test
  void forgottenSessionIsSeenToBeLostAndReopened() {
    ask("globex");
    await().untilAsserted(() -> assertThat(page.text(LATEST)).contains("globex"));
    await().until(() -> !page.text(LATEST + BOTH_ANSWERED).isEmpty());

    page.click(button("forget"));
    await()
        .untilAsserted(
            () ->
                assertThat(page.text("#events b")).isEqualTo("marketing forgets all its sessions"));
    ask("globex");

    await()
        .untilAsserted(
            () -> assertThat(page.text(LATEST + "td:nth-child(3)")).isEqualTo("lost, reopened"));
    await()
        .untilAsserted(
            () -> assertThat(page.text("#events .ours")).contains("1 lost, 1 opened, 1 answered"));
    await()
        .untilAsserted(
            () -> assertThat(page.text("#events .maps")).contains("0 answered, 1 not answered"));
    assertThat(count("lost")).isPositive();
  }

  @Test
  void failingRunsAreSeenToBeRetriedWithinTheBudget() {
    int retries = count("retries");

    page.click(button("fail"));
    await()
        .untilAsserted(() -> assertThat(page.text(MARKETING + ".mood")).isEqualTo("fails 4 more"));
    ask("initech");

    await().until(() -> count("retries") == retries + 2);
    await()
        .untilAsserted(
            () ->
                assertThat(page.text(LATEST + "td:nth-child(3)"))
                    .isEqualTo("not answered, 3 attempts"));
    await().untilAsserted(() -> assertThat(page.text("#events .ours")).contains("2 retried"));
    assertThat(page.text(MARKETING + ".mood")).isEqualTo("fails 1 more");
    assertThat(count("budget")).isLessThan(100);
  }

  @Test
  void slowSpecialistIsSeenToBeSlowUntilThePressIsTakenBack() {
    page.click(button("slow"));
    await().until(() -> page.attribute(button("slow"), "aria-pressed").equals("true"));
    assertThat(page.text(MARKETING + ".mood")).isEqualTo("slow");
    ask("acme");
    await().until(() -> page.number(LATEST + "td:nth-child(4)") >= 1500);

    page.click(button("slow"));
    await().untilAsserted(() -> assertThat(page.text(MARKETING + ".mood")).isEqualTo("well"));
  }

  @Test
  void callsOfASpecialistThatIsDownAreSeenToFail() {
    page.click(button("down"));
    await().untilAsserted(() -> assertThat(page.text(MARKETING + ".mood")).isEqualTo("down"));
    ask("acme");
    await()
        .untilAsserted(
            () -> assertThat(page.text(LATEST + "td:nth-child(3)")).startsWith("not answered"));
    await()
        .untilAsserted(
            () -> assertThat(page.text("#events .ours")).contains("2 retried, 0 answered, 1 not"));

    page.click(button("down"));
    await().untilAsserted(() -> assertThat(page.text(MARKETING + ".mood")).isEqualTo("well"));
  }

  @Test
  void burstIsSeenToOpenOneSessionEachAndToKeepTheBound() {
    int sessions = page.number("[data-specialist=research] .kept b");

    page.click("#burst");

    await().untilAsserted(() -> assertThat(page.text("#events b")).startsWith("16 new tenants"));
    await().untilAsserted(() -> assertThat(page.text("#events .ours")).contains("48 opened"));
    await().untilAsserted(() -> assertThat(page.text("#events .ours")).contains("96 answered"));
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
    await().untilAsserted(() -> assertThat(page.text("#events b")).endsWith(" leaves"));
    String next = after(page.text("#events b").replace(" leaves", ""));
    ask(next);
    await().until(() -> sessions.snapshot().total().draining() == 0);
    await().until(() -> page.number("#ways tr:nth-child(2) td:nth-child(2) small") == closed());

    page.click("#leave");

    await().untilAsserted(() -> assertThat(page.text("#events b")).isEqualTo(next + " leaves"));
    await().untilAsserted(() -> assertThat(page.text("#events .ours")).contains("1 closed"));
  }

  @Test
  void visitorsStartAndPause() {
    page.click("#visitors");
    await().untilAsserted(() -> assertThat(page.text("#visitors")).isEqualTo("Pause visitors"));
    await().until(() -> !page.text("#events .ours").startsWith("Switchboard\n0 answered"));

    page.click("#visitors");
    await().untilAsserted(() -> assertThat(page.text("#visitors")).isEqualTo("Start visitors"));
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

  private void ask(String tenant) {
    RestClient.create("http://127.0.0.1:" + port)
        .post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", tenant, "message", "a headline"))
        .exchange((request, reply) -> reply.getStatusCode());
  }
}
