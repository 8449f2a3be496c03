package dev.switchboard.redis;

import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An engine on the shared store with two specialists: {@code marketing} opens, {@code poet} leaves
 * its ids to the first reply.
 */
final class ClusterEngine implements AutoCloseable {

  /** The set, in Redis, of claims that were told to wait for another process. */
  static final String WAITING = "waiting";

  private final HttpSpecialist specialist;
  private final RedisSessionStore store;
  private final SpecialistSessions sessions;

  /**
   * Starts.
   *
   * @param settings {@code redis} (port), {@code specialist} (URL), {@code maxSize}, {@code ttl},
   *     {@code idle}, {@code grace}
   */
  ClusterEngine(Map<String, String> settings) {
    specialist = new HttpSpecialist(URI.create(settings.getOrDefault("specialist", "")));
    Duration ttl = duration(settings.get("ttl"));
    Duration idle = duration(settings.get("idle"));
    int maxSize = Integer.parseInt(settings.getOrDefault("maxSize", "1000"));
    SessionSettings limits =
        SessionSettings.builder().defaults(new SpecialistSettings(ttl, idle, maxSize)).build();
    // The default time-outs are not what these tests are about: a slow machine would exceed them.
    store =
        RedisSessionStore.builder(
                SkewedRedis.factory(Integer.parseInt(settings.getOrDefault("redis", ""))))
            .commandTimeout(Duration.ofSeconds(20))
            .connectTimeout(Duration.ofSeconds(20))
            .closeGrace(Duration.parse(settings.getOrDefault("grace", "PT2M")))
            .settings(limits)
            .scripts(ClusterEngine::noteWaiting)
            .build();
    sessions =
        SpecialistSessions.builder()
            .specialist("marketing", specialist)
            .specialist("poet", new Learning(specialist))
            .settings(limits)
            .store(store)
            .build();
  }

  private static @Nullable Duration duration(@Nullable String text) {
    return text == null ? null : Duration.parse(text);
  }

  private static String noteWaiting(String script) {
    return script.replace(
        "return {'HELD'", "redis.call('SADD', '" + WAITING + "', token)\n    return {'HELD'");
  }

  /** Opens nothing: the caller binds what the specialist says. */
  private record Learning(HttpSpecialist specialist) implements SpecialistConnector {

    @Override
    public @Nullable String open(SessionKey key) {
      return null;
    }

    @Override
    public void close(SessionKey key, String id) throws Exception {
      specialist.close(key, id);
    }

    @Override
    public boolean isLost(SessionKey key, String id, Throwable failure) {
      return specialist.isLost(key, id, failure);
    }
  }

  SpecialistSessions sessions() {
    return sessions;
  }

  /** Reads a key written as specialist, tenant and part with slashes between. */
  static SessionKey key(String text) {
    String[] parts = text.split("/", -1);
    return SessionKey.of(parts[0], parts[1], parts[2]);
  }

  /**
   * Calls once; returns the id, and whether it was fresh.
   *
   * @param work {@code say} sends a message, {@code look} does not, {@code fail} throws
   */
  String call(String key, String work) throws Exception {
    SessionKey of = key(key);
    return sessions.<String, Exception>call(
        of,
        SessionPolicy.DEFAULT,
        session -> {
          if (session.idOrNull() == null) {
            session.bind(specialist.open(of));
          }
          String answer = session.id() + (session.isFresh() ? " fresh" : " used");
          if (work.equals("say")) {
            specialist.say(of, session.id());
          } else if (work.equals("fail")) {
            throw new IllegalStateException("failing as told");
          }
          return answer;
        });
  }

  /** Stops; what is shared stays. */
  @Override
  public void close() {
    sessions.close();
    store.close();
  }
}
