package dev.switchboard.example.concierge.specialist;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One agent behind HTTP, on a free port of the loopback interface. */
final class AdkServer {

  private static final int THREADS = 16;

  private final Agent agent;
  private final AdkRoutes routes;
  private final JsonMapper json = new JsonMapper();
  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final HttpServer http;

  /** Binds the port; answers once started. */
  AdkServer(Agent agent, String app) {
    this.agent = agent;
    this.routes = new AdkRoutes(agent, app);
    try {
      http = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    http.setExecutor(threads);
    http.createContext("/", this::handle);
  }

  Agent agent() {
    return agent;
  }

  String baseUrl() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  void start() {
    http.start();
  }

  void stop() {
    http.stop(0);
    threads.shutdownNow();
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      if (agent.faults().isDown()) {
        return;
      }
      JsonNode body = json.readTree(exchange.getRequestBody().readAllBytes());
      List<String> path =
          Stream.of(exchange.getRequestURI().getRawPath().substring(1).split("/"))
              .map(segment -> UriUtils.decode(segment, StandardCharsets.UTF_8))
              .toList();
      answer(exchange, routes.route(exchange.getRequestMethod(), path, body));
    }
  }

  private void answer(HttpExchange exchange, AdkRoutes.Response response) throws IOException {
    byte[] bytes = json.writeValueAsBytes(response.body());
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(response.status(), bytes.length);
    exchange.getResponseBody().write(bytes);
  }
}
