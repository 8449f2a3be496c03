package dev.switchboard.example.concierge.specialist;

import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** The routes of an ADK server, as its Python runtime answers them: sessions of users, and runs. */
final class AdkRoutes {

  record Response(int status, Object body) {}

  private final Agent agent;
  private final String app;

  AdkRoutes(Agent agent, String app) {
    this.agent = agent;
    this.app = app;
  }

  Response route(String method, List<String> path, JsonNode body) {
    if (method.equals("POST") && path.equals(List.of("run"))) {
      return app.equals(body.path("appName").asString("")) ? run(body) : notFound("App not found");
    }
    if (!isSessions(path)) {
      return notFound("Not Found");
    }
    String user = path.get(3);
    if (path.size() == 5) {
      return method.equals("POST") ? session(user, agent.open(user)) : notFound("Not Found");
    }
    String id = path.get(5);
    return switch (method) {
      case "GET" -> agent.knows(user, id) ? session(user, id) : notFound("Session not found");
      case "DELETE" -> agent.delete(user, id) ? ok("") : notFound("Session not found");
      default -> notFound("Not Found");
    };
  }

  private boolean isSessions(List<String> path) {
    return (path.size() == 5 || path.size() == 6)
        && path.get(0).equals("apps")
        && path.get(1).equals(app)
        && path.get(2).equals("users")
        && path.get(4).equals("sessions");
  }

  private Response run(JsonNode body) {
    String text = body.path("newMessage").path("parts").path(0).path("text").asString("");
    Reply reply =
        agent.run(body.path("userId").asString(""), body.path("sessionId").asString(""), text);
    if (reply.status() != 200) {
      return new Response(reply.status(), Map.of("detail", reply.text()));
    }
    if (reply.modelFailed()) {
      return ok(List.of(Map.of("author", app, "errorCode", reply.text())));
    }
    Map<String, ?> content =
        Map.of("role", "model", "parts", List.of(Map.of("text", reply.text())));
    return ok(List.of(Map.of("author", app, "content", content)));
  }

  private Response session(String user, String id) {
    return ok(Map.of("id", id, "appName", app, "userId", user, "state", Map.of()));
  }

  private static Response ok(Object body) {
    return new Response(200, body);
  }

  private static Response notFound(String detail) {
    return new Response(404, Map.of("detail", detail));
  }
}
