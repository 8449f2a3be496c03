package dev.switchboard.connector;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/**
 * Opens, closes and judges sessions at a specialist that is served by Google's Agent Development
 * Kit, in Python, JavaScript or Java.
 *
 * <pre>{@code
 * @Bean
 * AdkConnector marketing() {
 *   return AdkConnector.builder().baseUrl("http://localhost:8000").app("marketing").build();
 * }
 * }</pre>
 *
 * <p>A session is opened with {@code POST {base}/apps/{app}/users/{user}/sessions} and closed with
 * {@code DELETE .../sessions/{id}}. The user is {@link #user}; whoever calls {@code /run} has to
 * send the same one.
 *
 * <p>What a lost session looks like depends on the runtime, as their servers' sources show
 * (adk-python {@code cli/api_server.py}, adk-js {@code dev/src/server/adk_api_server.ts}, adk-java
 * {@code dev/.../controller/SessionController} and {@code ExecutionController}):
 *
 * <table>
 *   <caption>Replies about an unknown session</caption>
 *   <tr><th>server</th><th>{@code POST /run}</th><th>{@code GET .../sessions/{id}}</th></tr>
 *   <tr><td>Python</td><td>404 {@code {"detail":"Session not found: <id>"}}, older ones without
 *       the id</td><td>404 {@code {"detail":"Session not found"}}</td></tr>
 *   <tr><td>JavaScript</td><td>404 {@code {"error":"Session not found: <id>"}}</td><td>the
 *       same</td></tr>
 *   <tr><td>Java</td><td>500, as every other failure; 404 is an unknown app</td><td>404 with Spring
 *       Boot's error body, by default without a reason</td></tr>
 * </table>
 *
 * <p>Every exchange ends: by default it may take 5 s to connect and 20 s in all, a probe 2 s.
 * Redirects are not followed, at most 64 KiB of a reply are read. Failures are Spring's {@code
 * RestClientException}s and their messages, causes and spans name neither URLs, users nor ids; of
 * an HTTP failure the status and {@code Retry-After} are kept, without body.
 *
 * <p>Replies are read by whichever JSON library {@link RestClient} finds; {@code
 * switchboard-spring-boot-starter} brings one. Immutable and thread-safe.
 *
 * @since 0.1
 */
public final class AdkConnector implements SpecialistConnector {

  private final AdkSessions sessions;
  private final SharedProbes<Target> probes;

  AdkConnector(AdkSessions sessions, Duration probeTimeout) {
    this.sessions = sessions;
    this.probes = new SharedProbes<>(probeTimeout);
  }

  private record Target(String user, String id) {}

  /**
   * Starts a connector; base URL and app have to be set.
   *
   * @return a builder, with a default for everything else
   */
  public static AdkConnectorBuilder builder() {
    return new AdkConnectorBuilder();
  }

  /**
   * Derives the user id that stands for a key at an ADK server. Within a specialist, keys that
   * differ have users that differ.
   *
   * <p>Tenant and parts are joined with {@code :}. In them, ASCII letters, digits, {@code .},
   * {@code _}, {@code -} and {@code @} stay, and every other byte of their UTF-8 form becomes
   * {@code ~} and two upper-case hexadecimal digits, so that no server or proxy takes anything for
   * a separator: {@code a/b} with part {@code alice@example.org} is {@code
   * a~2Fb:alice@example.org}. The dots of {@code .} and {@code ..} are escaped as well. A lone
   * {@code ~} stands where the key has no tenant.
   *
   * @param key whose conversation
   * @return the user id, with three to nine characters for each one escaped; a server's store may
   *     bound its length
   * @throws IllegalArgumentException if the tenant or a part has unpaired surrogates; the message
   *     does not print it
   */
  public static String user(SessionKey key) {
    return AdkUser.of(key);
  }

  /**
   * Opens a session with an empty state.
   *
   * @param key whose conversation
   * @return the id that the server gave it
   * @throws IllegalArgumentException if the key has unpaired surrogates, or the server's id is
   *     {@code .} or {@code ..}
   * @throws org.springframework.web.client.RestClientException if there is no answer in time, none
   *     of success, or none with an id
   */
  @Override
  public String open(SessionKey key) {
    return sessions.create(user(key));
  }

  /**
   * Deletes a session. One that the server does not know is not an error.
   *
   * @param key whose conversation it was
   * @param id its id
   * @throws IllegalArgumentException if the id is {@code .} or {@code ..}
   * @throws org.springframework.web.client.RestClientException if there is no answer in time, or
   *     neither one of success nor 404
   */
  @Override
  public void close(SessionKey key, String id) {
    sessions.delete(user(key), id);
  }

  /**
   * Tells whether the server has forgotten the session, by the first HTTP failure among {@code
   * failure} and its causes.
   *
   * <ul>
   *   <li>404 means lost if its body says {@code Session not found}, of this id or of none. A page,
   *       an unknown app and an id that is not this one ({@code undefined}, where a request had
   *       none) do not.
   *   <li>500 tells nothing on its own, so that the server is asked for the session: lost if that
   *       is 404 and comes from the session's route, so from neither a page nor a reply with
   *       another reason. Callers who ask about one session at the same time share the answer. A
   *       probe that fails, or takes longer than its time-out, means not lost.
   *   <li>Nothing else means lost.
   * </ul>
   *
   * @param key whose conversation
   * @param id the id that the failed call used
   * @param failure what the call threw
   * @return whether the session is lost
   */
  @Override
  public boolean isLost(SessionKey key, String id, Throwable failure) {
    RestClientResponseException answer = answerIn(failure);
    if (answer == null) {
      return false;
    }
    return switch (answer.getStatusCode().value()) {
      case 404 -> NotFoundReply.namesSession(answer.getResponseBodyAsString(), id);
      case 500 -> {
        String user = user(key);
        yield probes.ask(new Target(user, id), () -> sessions.isMissing(user, id));
      }
      default -> false;
    };
  }

  private static @Nullable RestClientResponseException answerIn(Throwable failure) {
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable t = failure; t != null && seen.add(t); t = t.getCause()) {
      if (t instanceof RestClientResponseException answer) {
        return answer;
      }
    }
    return null;
  }
}
