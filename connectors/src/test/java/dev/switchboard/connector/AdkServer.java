package dev.switchboard.connector;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.util.UriUtils;
import tools.jackson.databind.json.JsonMapper;

/** Decodes, routes and answers as the server of one ADK runtime; its one app is marketing. */
final class AdkServer implements AutoCloseable {

  enum Language {
    PYTHON,
    JAVASCRIPT,
    JAVA
  }

  record Session(String user, String id) {}

  private final Set<Session> sessions = ConcurrentHashMap.newKeySet();
  private final Loopback loopback = Loopback.serve(this::handle);
  private final Language language;
  private volatile boolean failing;

  AdkServer(Language language) {
    this.language = language;
  }

  Loopback http() {
    return loopback;
  }

  Set<Session> sessions() {
    return sessions;
  }

  void failRuns() {
    failing = true;
  }

  private void handle(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    List<String> path = path(exchange.getRequestURI().getRawPath());
    if (method.equals("POST") && path.equals(List.of("run"))) {
      run(exchange);
    } else if (!isSessionRoute(path)) {
      noRoute(exchange);
    } else if (method.equals("POST") && path.size() == 5) {
      Session session = new Session(path.get(3), UUID.randomUUID().toString());
      sessions.add(session);
      Loopback.reply(exchange, 200, json(session));
    } else if (method.equals("GET") && path.size() == 6) {
      Session session = new Session(path.get(3), path.get(5));
      if (sessions.contains(session)) {
        Loopback.reply(exchange, 200, json(session));
      } else {
        unknownSession(exchange, session.id());
      }
    } else if (method.equals("DELETE") && path.size() == 6) {
      delete(exchange, new Session(path.get(3), path.get(5)));
    } else {
      noRoute(exchange);
    }
  }

  private static boolean isSessionRoute(List<String> path) {
    return path.size() >= 5
        && path.get(0).equals("apps")
        && path.get(1).equals("marketing")
        && path.get(2).equals("users")
        && path.get(4).equals("sessions");
  }

  /** The segments that the routes of this runtime get to see. */
  private List<String> path(String raw) {
    List<String> path = new ArrayList<>();
    switch (language) {
      case PYTHON -> path.addAll(List.of(decode(raw).substring(1).split("/", -1)));
      case JAVASCRIPT -> List.of(raw.substring(1).split("/", -1)).forEach(s -> path.add(decode(s)));
      case JAVA -> {
        for (String segment : decode(raw.replaceAll(";[^/]*", "")).substring(1).split("/", -1)) {
          if (segment.equals("..")) {
            path.remove(path.size() - 1);
          } else if (!segment.equals(".")) {
            path.add(segment);
          }
        }
      }
    }
    return path;
  }

  private static String decode(String raw) {
    return UriUtils.decode(raw, StandardCharsets.UTF_8);
  }

  private static String json(Session session) {
    return "{\"id\":\"%s\",\"appName\":\"marketing\",\"userId\":\"%s\",\"state\":{},\"events\":[]}"
        .formatted(session.id(), session.user());
  }

  private void run(HttpExchange exchange) throws IOException {
    byte[] request = exchange.getRequestBody().readAllBytes();
    Map<?, ?> body = new JsonMapper().readValue(request, Map.class);
    String id = body.get("sessionId") instanceof String given ? given : "undefined";
    boolean known = sessions.contains(new Session(String.valueOf(body.get("userId")), id));
    boolean app = "marketing".equals(body.get("appName"));
    switch (language) {
      case PYTHON -> {
        if (!body.containsKey("sessionId")) {
          Loopback.reply(exchange, 422, "{\"detail\":[{\"msg\":\"Field required\"}]}");
        } else if (!app) {
          Loopback.reply(exchange, 404, "{\"detail\":\"No root_agent found for 'x'.\"}");
        } else if (!known) {
          Loopback.reply(exchange, 404, "{\"detail\":\"Session not found: " + id + "\"}");
        } else {
          Loopback.reply(exchange, failing ? 500 : 200, failing ? "Internal Server Error" : "[]");
        }
      }
      case JAVASCRIPT -> {
        if (!known) {
          unknownSession(exchange, id);
        } else {
          Loopback.reply(exchange, failing ? 500 : 200, "{\"error\":\"Failed to run agent\"}");
        }
      }
      case JAVA -> {
        if (!body.containsKey("sessionId")) {
          Loopback.reply(exchange, 400, boot(400, "Bad Request"));
        } else if (!app) {
          Loopback.reply(exchange, 404, boot(404, "Not Found"));
        } else if (!known || failing) {
          Loopback.reply(exchange, 500, boot(500, "Internal Server Error"));
        } else {
          Loopback.reply(exchange, 200, "[]");
        }
      }
    }
  }

  private void delete(HttpExchange exchange, Session session) throws IOException {
    if (!sessions.remove(session) && language == Language.JAVASCRIPT) {
      unknownSession(exchange, session.id());
    } else if (language == Language.PYTHON) {
      Loopback.reply(exchange, 200, "null");
    } else {
      Loopback.reply(exchange, 204, "");
    }
  }

  private void unknownSession(HttpExchange exchange, String id) throws IOException {
    switch (language) {
      case PYTHON -> Loopback.reply(exchange, 404, "{\"detail\":\"Session not found\"}");
      case JAVASCRIPT ->
          Loopback.reply(exchange, 404, "{\"error\":\"Session not found: " + id + "\"}");
      case JAVA -> Loopback.reply(exchange, 404, boot(404, "Not Found"));
    }
  }

  private void noRoute(HttpExchange exchange) throws IOException {
    switch (language) {
      case PYTHON -> Loopback.reply(exchange, 404, "{\"detail\":\"Not Found\"}");
      case JAVASCRIPT ->
          Loopback.reply(exchange, 404, "<!DOCTYPE html><pre>Cannot POST /nowhere</pre>");
      case JAVA -> Loopback.reply(exchange, 404, boot(404, "Not Found"));
    }
  }

  private static String boot(int status, String error) {
    return "{\"timestamp\":\"2026-01-01T00:00:00.000+00:00\",\"status\":%d,\"error\":\"%s\","
            .formatted(status, error)
        + "\"path\":\"/run\"}";
  }

  @Override
  public void close() {
    loopback.close();
  }
}
