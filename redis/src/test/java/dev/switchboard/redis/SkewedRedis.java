package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionStore;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.RedisStandaloneConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** A real server whose clock, as the scripts see it, a test can put forward. */
public final class SkewedRedis implements AutoCloseable {

  private static final String TIME = "local time = redis.call('TIME')";

  private static final Map<String, Script> HASHES = new ConcurrentHashMap<>();

  static {
    for (Script script : Script.values()) {
      HASHES.put(script.sha(), script);
      HASHES.put(Script.sha1(skewed(script.text())), script);
      HASHES.put(Script.sha1(standing(script.text())), script);
    }
  }

  private final RedisServerProcess server = RedisServerProcess.start();

  static LettuceConnectionFactory factory(int port) {
    return new LettuceConnectionFactory(new RedisStandaloneConfiguration("127.0.0.1", port));
  }

  static String skewed(String script) {
    String skewed =
        script.replace(
            TIME,
            TIME
                + "\ntime[1] = time[1] + math.floor(tonumber(redis.call('GET', 'skew') or 0) / 1000)"
                + "\ntime[2] = time[2] + tonumber(redis.call('GET', 'skew') or 0) % 1000 * 1000");
    if (skewed.equals(script)) {
      throw new IllegalStateException("the scripts read the time in another way");
    }
    return skewed;
  }

  /** The same where the clock goes on only when it is put forward. */
  static String standing(String script) {
    return skewed(script).replace("redis.call('TIME')", "{1800000000, 0}");
  }

  /** The script that the server knows by this name, changed or not, or null. */
  static @Nullable Script script(String hash) {
    return HASHES.get(hash);
  }

  RedisServerProcess server() {
    return server;
  }

  /** A store that closes without a grace, and for which Redis is never too slow. */
  public SessionStore store(Ticker ticker) {
    return store(
        ticker,
        settings ->
            settings
                .closeGrace(Duration.ZERO)
                .commandTimeout(Duration.ofMinutes(1))
                .connectTimeout(Duration.ofMinutes(1)));
  }

  RedisSessionStore store(Ticker ticker, UnaryOperator<RedisSessionStoreBuilder> settings) {
    return settings
        .apply(
            RedisSessionStore.builder(factory(server.port()))
                .ticker(ticker)
                .scripts(SkewedRedis::skewed))
        .build();
  }

  /** Lets the server's clock go on. */
  public void advance(Duration duration) {
    server.command("INCRBY", "skew", Long.toString(duration.toMillis()));
  }

  /** Does what a store does every second, until nothing is left to be done. */
  public static void maintain(SessionStore store) {
    for (int i = 0; i < 4; i++) {
      ((RedisSessionStore) store).maintain().join();
    }
  }

  /** Forgets everything, the skew included. */
  public void clear() {
    server.command("FLUSHALL");
  }

  public static void close(SessionStore store) {
    ((RedisSessionStore) store).close();
  }

  @Override
  public void close() {
    server.close();
  }
}
