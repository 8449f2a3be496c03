package dev.switchboard.example.concierge;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.test.context.TestComponent;
import org.springframework.context.annotation.Lazy;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Talks to the concierge as a client would, and knows its specialists. */
@TestComponent
@Lazy
class ConciergeClient {

  record Reply(int status, String type, JsonNode body) {

    String text(String field) {
      return body.path(field).asString("");
    }

    int number(String field) {
      return body.path(field).asInt(-1);
    }

    boolean flag(String field) {
      return body.path(field).asBoolean(false);
    }
  }

  private static final JsonMapper JSON = new JsonMapper();

  private final RestClient http;
  private final LocalSpecialists specialists;

  ConciergeClient(Environment environment, LocalSpecialists specialists) {
    String port = environment.getRequiredProperty("local.server.port");
    this.http = RestClient.create("http://127.0.0.1:" + port);
    this.specialists = specialists;
  }

  Reply ask(@Nullable String tenant, @Nullable String message) {
    Map<String, Object> question = new LinkedHashMap<>();
    question.put("tenant", tenant);
    question.put("message", message);
    return send(HttpMethod.POST, "/ask", JSON.writeValueAsString(question));
  }

  Reply state() {
    return send(HttpMethod.GET, "/state", null);
  }

  Reply leave(String tenant) {
    return send(HttpMethod.DELETE, "/tenants/" + tenant, null);
  }

  Reply send(HttpMethod method, String path, @Nullable String json) {
    RestClient.RequestBodySpec request = http.method(method).uri(path);
    if (json != null) {
      request.contentType(MediaType.APPLICATION_JSON).body(json);
    }
    return request.exchangeForRequiredValue(
        (sent, reply) ->
            new Reply(
                reply.getStatusCode().value(),
                String.valueOf(reply.getHeaders().getContentType()),
                JSON.readTree(reply.getBody().readAllBytes())));
  }

  Agent specialist(String name) {
    return Objects.requireNonNull(specialists.find(name));
  }

  void heal() {
    specialists.agents().forEach(agent -> agent.faults().clear());
  }
}
