package dev.switchboard.example.concierge.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** How the page looks to eyes, keys and networks; keeps pictures of it. */
@PageTest
class AppearanceTests {

  private static final Path PICTURES = Path.of("target", "screenshots");

  /** A telephone shows a page that is too wide at a smaller scale, which makes the window wider. */
  private static final String WIDTHS =
      "Math.max(document.documentElement.scrollWidth, window.innerWidth)";

  private static final String SECONDS_DRAWN =
      "Chart.getChart('kept').data.datasets[0].data.filter(value => value !== null).length";

  @LocalServerPort int port;

  private BrowserPage page;

  @BeforeEach
  void open(BrowserPage page) {
    this.page = page;
    page.resize(1280, 900);
    page.open("http://127.0.0.1:" + port + "/");
    await().until(() -> page.text("#link").equals("Live"));
    await().until(() -> page.number("[data-legend=budget] b") == 100);
  }

  @AfterEach
  void close() {
    assertThat(page.errors()).isEmpty();
    page.close();
  }

  @ParameterizedTest
  @CsvSource({"light, 1280, true", "dark, 1280, false", "light, 360, true", "dark, 360, false"})
  void everythingFitsTheScreen(String scheme, int width, boolean bright) {
    page.prefer(scheme, "no-preference");
    page.resize(width, 900);
    await().untilAsserted(() -> assertThat(page.evaluate(WIDTHS).asInt()).isEqualTo(width));
    page.click("#burst");
    await().until(() -> page.text("#events .ours").contains(" 96 answered"));
    page.click("[data-specialist=marketing] [data-fault=forget]");
    page.click("#burst");
    await().until(() -> page.text("#events .ours").contains(" 96 answered"));
    await().until(() -> page.evaluate(SECONDS_DRAWN).asInt() > 5);
    page.screenshot(PICTURES.resolve(scheme + "-" + width + ".png"), width);

    assertThat(page.evaluate(WIDTHS).asInt()).isEqualTo(width);
    String red = "+getComputedStyle(document.body).backgroundColor.match(/[0-9]+/)[0]";
    assertThat(page.evaluate(red).asInt() > 127).isEqualTo(bright);
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void textStandsOutFromItsGround(String scheme) {
    page.prefer(scheme, "no-preference");

    assertThat(page.evaluate(CONTRASTS).valueStream().map(Object::toString)).isEmpty();
  }

  /** The texts whose contrast is below 4.5, the least that WCAG asks of small ones. */
  private static final String CONTRASTS =
      """
      (() => {
        const light = colour => {
          const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map(n => n / 255)
              .map(n => n <= .04045 ? n / 12.92 : ((n + .055) / 1.055) ** 2.4);
          return .2126 * r + .7152 * g + .0722 * b;
        };
        const ground = it => {
          const colour = getComputedStyle(it).backgroundColor;
          return colour === 'rgba(0, 0, 0, 0)' ? ground(it.parentElement) : colour;
        };
        return [...document.querySelectorAll('main *, footer *, header *')]
            .filter(it => it.checkVisibility())
            .filter(it => [...it.childNodes].some(n => n.nodeType === 3 && n.data.trim()))
            .filter(it => {
              const [a, b] = [light(getComputedStyle(it).color), light(ground(it))];
              return (Math.max(a, b) + .05) / (Math.min(a, b) + .05) < 4.5;
            })
            .map(it => it.outerHTML.slice(0, 120));
      })()""";

  @Test
  void keysReachAndPressEveryButton() {
    String focused = "document.activeElement.matches(':focus-visible') && document.activeElement.";
    page.tab();
    page.tab();
    assertThat(page.evaluate(focused + "dataset.fault").asString()).isEqualTo("forget");
    assertThat(page.evaluate("getComputedStyle(document.activeElement).outlineStyle").asString())
        .isEqualTo("solid");

    for (int n = 0; n < 12; n++) {
      page.tab();
    }
    assertThat(page.evaluate(focused + "id").asString()).isEqualTo("burst");
    page.tab();
    page.enter();

    await().until(() -> page.text("#events b").endsWith(" leaves"));
    assertThat(page.text("#said")).endsWith(" leaves");
    assertThat(page.attribute("#said", "aria-live")).isEqualTo("polite");
  }

  @Test
  void whoWantsLessMotionGetsNone() {
    String moving =
        """
        document.getAnimations().length
            + [...document.querySelectorAll('*')].filter(it => getComputedStyle(it)
                .transitionDuration.split(',').some(time => parseFloat(time) > 0)).length""";
    assertThat(page.evaluate(moving).asInt()).isPositive();

    page.prefer("light", "reduce");

    assertThat(page.evaluate(moving).asInt()).isZero();
  }

  @Test
  void nothingIsLoadedFromElsewhere() {
    assertThat(page.requests())
        .anyMatch(url -> url.endsWith("/chart.umd.min.js"))
        .allMatch(url -> url.startsWith("http://127.0.0.1:" + port + "/"));
  }

  @Test
  void tenantWhomWeHaveNotMadeUpStaysUnnamed() {
    RestClient.create("http://127.0.0.1:" + port)
        .post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", "confidential-gmbh", "message", "a headline"))
        .retrieve()
        .toBodilessEntity();

    await().until(() -> page.text("#calls tbody").contains("not shown"));
    assertThat(page.evaluate("document.documentElement.outerHTML").asString())
        .doesNotContain("confidential");
  }
}
