package dev.switchboard.example.concierge.live;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One page of the browser, used as a person would: by mouse and keys. */
final class BrowserPage {

  private static final JsonMapper JSON = new JsonMapper();

  private final DevTools tools;
  private final String target;
  private final String session;

  BrowserPage(DevTools tools, String target, String session) {
    this.tools = tools;
    this.target = target;
    this.session = session;
    for (String domain : List.of("Page", "Runtime", "Log", "Network")) {
      send(domain + ".enable", Map.of());
    }
  }

  void close() {
    tools.send(null, "Target.closeTarget", Map.of("targetId", target));
  }

  void open(String url) {
    send("Page.navigate", Map.of("url", url));
  }

  void resize(int width, int height) {
    send(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 600));
  }

  /** Emulates a person's wishes, as in {@code prefers-color-scheme: dark}. */
  void prefer(String scheme, String motion) {
    send(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", scheme),
                Map.of("name", "prefers-reduced-motion", "value", motion))));
  }

  /** Evaluates JavaScript, waiting for a promise. */
  JsonNode evaluate(String script) {
    JsonNode answer =
        send(
            "Runtime.evaluate",
            Map.of("expression", script, "returnByValue", true, "awaitPromise", true));
    if (answer.has("exceptionDetails")) {
      throw new IllegalStateException(answer.path("exceptionDetails").toString());
    }
    return answer.path("result").path("value");
  }

  /** The text of the first element that fits, empty if there is none. */
  String text(String selector) {
    return evaluate("document.querySelector(%s)?.innerText ?? ''".formatted(quoted(selector)))
        .asString("");
  }

  /** An attribute of the first element that fits, empty if there is none. */
  String attribute(String selector, String name) {
    return evaluate(
            "document.querySelector(%s)?.getAttribute(%s) ?? ''"
                .formatted(quoted(selector), quoted(name)))
        .asString("");
  }

  /** The number in an element's text, 0 if there is none. */
  int number(String selector) {
    String digits = text(selector).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  void click(String selector) {
    JsonNode middle =
        evaluate(
            """
            (async () => {
              const it = document.querySelector(%s);
              it.scrollIntoView({block: 'center', behavior: 'instant'});
              await new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)));
              const box = it.getBoundingClientRect();
              return {x: box.x + box.width / 2, y: box.y + box.height / 2};
            })()"""
                .formatted(quoted(selector)));
    for (String type : List.of("mousePressed", "mouseReleased")) {
      send(
          "Input.dispatchMouseEvent",
          Map.of(
              "type",
              type,
              "x",
              middle.path("x").asDouble(),
              "y",
              middle.path("y").asDouble(),
              "button",
              "left",
              "clickCount",
              1));
    }
  }

  void press(String key, int code, String text) {
    send(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyDown", "key", key, "windowsVirtualKeyCode", code, "text", text));
    send(
        "Input.dispatchKeyEvent",
        Map.of("type", "keyUp", "key", key, "windowsVirtualKeyCode", code));
  }

  void tab() {
    press("Tab", 9, "");
  }

  void enter() {
    press("Enter", 13, "\r");
  }

  /** Keeps a picture of the whole page, once everything in it has been drawn at that size. */
  void screenshot(Path file, int width) {
    resize(width, evaluate("document.documentElement.scrollHeight").asInt());
    evaluate("new Promise(drawn => setTimeout(() => requestAnimationFrame(drawn), 200))");
    String png = send("Page.captureScreenshot", Map.of()).path("data").asString();
    try {
      Files.createDirectories(file.getParent());
      Files.write(file, Base64.getDecoder().decode(png));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The addresses of everything that the page has loaded. */
  List<String> requests() {
    return tools.events(session, "Network.requestWillBeSent").stream()
        .map(event -> event.path("request").path("url").asString())
        .toList();
  }

  /** What has gone wrong: exceptions, failed loads, refusals of the security policy. */
  List<String> errors() {
    return Stream.concat(
            tools.events(session, "Runtime.exceptionThrown").stream(),
            tools.events(session, "Log.entryAdded").stream()
                .filter(event -> event.path("entry").path("level").asString("").equals("error")))
        .map(JsonNode::toString)
        .toList();
  }

  private JsonNode send(String method, Map<String, ?> parameters) {
    return tools.send(session, method, parameters);
  }

  private static String quoted(String text) {
    return JSON.writeValueAsString(text);
  }
}
