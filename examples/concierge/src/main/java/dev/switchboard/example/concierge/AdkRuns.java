package dev.switchboard.example.concierge;

import dev.switchboard.connector.AdkConnector;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SessionKey;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.core.env.Environment;
import org.springframework.http.MediaType;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/**
 * Puts messages to specialists: {@code POST /run} of the ADK servers that the connectors' settings
 * name.
 */
@Component
class AdkRuns {

  private static final ParameterizedTypeReference<List<AdkEvent>> EVENTS =
      new ParameterizedTypeReference<>() {};

  private record Target(RestClient http, String app) {}

  private final Map<String, Target> targets = new HashMap<>();

  AdkRuns(
      RestClient.Builder http,
      Environment environment,
      @Value("${concierge.connect-timeout}") Duration connectTimeout,
      @Value("${concierge.read-timeout}") Duration readTimeout) {
    HttpClient transport =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(connectTimeout)
            .build();
    JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(transport);
    requests.setReadTimeout(readTimeout);
    for (String name : LocalSpecialists.names()) {
      String adk = "switchboard.specialists." + name + ".adk.";
      String baseUrl = environment.getRequiredProperty(adk + "base-url").replaceFirst("/+$", "");
      targets.put(
          name,
          new Target(
              http.clone().baseUrl(baseUrl).requestFactory(requests).build(),
              environment.getProperty(adk + "app", name)));
    }
  }

  /**
   * Runs the specialist on a message.
   *
   * @return what it says
   * @throws org.springframework.web.client.RestClientException if there is no answer in time, none
   *     of success, or the model has failed
   */
  String run(SessionKey key, String sessionId, String text) {
    Target target = Objects.requireNonNull(targets.get(key.specialist()));
    Map<String, ?> message = Map.of("role", "user", "parts", List.of(Map.of("text", text)));
    List<AdkEvent> events =
        target
            .http()
            .post()
            .uri("/run")
            .contentType(MediaType.APPLICATION_JSON)
            .body(
                Map.of(
                    "appName",
                    target.app(),
                    "userId",
                    AdkConnector.user(key),
                    "sessionId",
                    sessionId,
                    "newMessage",
                    message))
            .retrieve()
            .body(EVENTS);
    return answerIn(events == null ? List.of() : events);
  }

  /** An ADK server answers 200 even where the model has failed; the event then says so. */
  private static String answerIn(List<AdkEvent> events) {
    if (events.stream().anyMatch(event -> event.errorCode() != null)) {
      throw new ModelFailureException("The specialist's model failed");
    }
    @Nullable String last = null;
    for (AdkEvent event : events) {
      String text = event.text();
      last = text.isBlank() ? last : text;
    }
    if (last == null) {
      throw new ModelFailureException("The specialist said nothing");
    }
    return last;
  }
}
