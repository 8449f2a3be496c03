package dev.switchboard.example.concierge.live;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An ADK server whose every failure repeats all that it was told, header, path and body. */
final class Gossip implements AutoCloseable {

  static final String ID = "canary-id-";
  static final String REPLY = "reply-for-the-asker-only";

  private static final String ANSWER =
      "[{\"author\":\"marketing\",\"content\":{\"role\":\"model\",\"parts\":[{\"text\":\"%s\"}]}}]";

  private final AtomicInteger ids = new AtomicInteger();
  private final Set<String> refusedOnce = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newFixedThreadPool(8);
  private final HttpServer http;

  Gossip() {
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.setExecutor(threads);
    http.createContext("/", this::handle);
    http.start();
  }

  String baseUrl() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  int opened() {
    return ids.get();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().toString();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      String all = path + " " + exchange.getRequestHeaders().entrySet() + " " + body;
      boolean deletes = exchange.getRequestMethod().equals("DELETE");
      if (path.contains("refused") || (deletes && refusedOnce.add(path))) {
        answer(exchange, 500, all);
      } else if (path.endsWith("/sessions")) {
        answer(exchange, 200, "{\"id\":\"" + ID + ids.incrementAndGet() + "\"}");
      } else if (deletes || exchange.getRequestMethod().equals("GET")) {
        answer(exchange, 200, all);
      } else {
        run(exchange, body, all);
      }
    }
  }

  private void run(HttpExchange exchange, String body, String all) throws IOException {
    if (body.contains("fails")) {
      answer(exchange, 500, all);
    } else if (body.contains("lost")) {
      answer(exchange, 404, "{\"detail\":\"Session not found\",\"all\":" + body + "}");
    } else if (body.contains("odd")) {
      answer(exchange, 200, all);
    } else if (body.contains("model")) {
      answer(exchange, 200, "[{\"author\":\"marketing\",\"errorCode\":\"" + ID + "\"}]");
    } else {
      answer(exchange, 200, ANSWER.formatted(REPLY));
    }
  }

  private static void answer(HttpExchange exchange, int status, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.getResponseHeaders().set("X-Told", Gossip.ID);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  @Override
  public void close() {
    http.stop(0);
    threads.shutdownNow();
  }
}
