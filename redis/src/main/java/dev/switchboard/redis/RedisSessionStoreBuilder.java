package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionSettings;
import java.time.Duration;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Builds a {@link RedisSessionStore}. Not thread-safe.
 *
 * @since 0.1
 */
public final class RedisSessionStoreBuilder {

  private static final Pattern NAMESPACE = Pattern.compile("[A-Za-z0-9._-]{1,100}");
  private static final int MAX_BUCKETS = 1024;

  final LettuceConnectionFactory connections;
  String namespace = "application";
  Duration closeGrace = Duration.ofMinutes(2);
  Duration commandTimeout = Duration.ofMillis(250);
  Duration connectTimeout = Duration.ofSeconds(5);
  int buckets = 1;
  OnFailure onFailure = OnFailure.LOCAL;
  SessionSettings settings = SessionSettings.builder().build();
  SessionCodec codec = new PlainCodec();
  Ticker ticker = Ticker.systemTicker();
  UnaryOperator<String> scripts = UnaryOperator.identity();

  /** What calls do while Redis does not answer. */
  public enum OnFailure {
    /** Go on with known sessions, and open local ones for keys that have none. */
    LOCAL,
    /** Fail, unless the session was seen in the last 30 seconds. */
    FAIL
  }

  RedisSessionStoreBuilder(LettuceConnectionFactory connections) {
    this.connections = connections;
  }

  /** Leaves sessions as they are. */
  private static final class PlainCodec implements SessionCodec {

    @Override
    public byte[] encode(byte[] plain) {
      return plain;
    }

    @Override
    public byte[] decode(byte[] stored) {
      return stored;
    }
  }

  /**
   * Sets whose sessions these are: processes of one namespace share them, and no others do.
   *
   * @param namespace at most 100 of {@code A-Z a-z 0-9 . _ -}; {@code application} by default
   * @return this
   * @throws IllegalArgumentException if it is anything else
   */
  public RedisSessionStoreBuilder namespace(String namespace) {
    if (!NAMESPACE.matcher(namespace).matches()) {
      throw new IllegalArgumentException(
          "namespace must match " + NAMESPACE + " but was '" + namespace + "'");
    }
    this.namespace = namespace;
    return this;
  }

  /**
   * Sets how long a session that has left stays open at its specialist, for calls of other
   * processes that still use it; this process waits for its own.
   *
   * @param closeGrace zero or longer, at most 30 days; 2 minutes by default
   * @return this
   * @throws IllegalArgumentException if it is anything else
   */
  public RedisSessionStoreBuilder closeGrace(Duration closeGrace) {
    check("closeGrace", closeGrace, Duration.ZERO, Duration.ofDays(30));
    this.closeGrace = closeGrace;
    return this;
  }

  /**
   * Sets how long a caller waits for Redis' answer before it goes on without. The wait ends with
   * the next tick of Lettuce's timer, which comes every 100 milliseconds by default.
   *
   * @param commandTimeout 1 millisecond to 1 minute; 250 milliseconds by default
   * @return this
   * @throws IllegalArgumentException if it is anything else
   */
  public RedisSessionStoreBuilder commandTimeout(Duration commandTimeout) {
    check("commandTimeout", commandTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
    this.commandTimeout = commandTimeout;
    return this;
  }

  /**
   * Sets how long making a connection may take; at most so long startup waits for the first.
   *
   * @param connectTimeout 1 millisecond to 1 minute; 5 seconds by default
   * @return this
   * @throws IllegalArgumentException if it is anything else
   */
  public RedisSessionStoreBuilder connectTimeout(Duration connectTimeout) {
    check("connectTimeout", connectTimeout, Duration.ofMillis(1), Duration.ofMinutes(1));
    this.connectTimeout = connectTimeout;
    return this;
  }

  /**
   * Sets over how many hash slots a specialist's sessions are spread, for Redis Cluster and very
   * many sessions; each holds its part of {@code maxSize}. All processes must say the same, and
   * sessions kept under another number are not found.
   *
   * @param buckets 1 to 1024; 1 by default
   * @return this
   * @throws IllegalArgumentException if it is anything else
   */
  public RedisSessionStoreBuilder buckets(int buckets) {
    if (buckets < 1 || buckets > MAX_BUCKETS) {
      throw new IllegalArgumentException(
          "buckets must be between 1 and %d but was %d".formatted(MAX_BUCKETS, buckets));
    }
    this.buckets = buckets;
    return this;
  }

  /**
   * Sets what calls do while Redis does not answer.
   *
   * @param onFailure {@code LOCAL} by default
   * @return this
   */
  public RedisSessionStoreBuilder onFailure(OnFailure onFailure) {
    this.onFailure = onFailure;
    return this;
  }

  /**
   * Sets the engine's settings, of which the store needs how long openings may take.
   *
   * @param settings the settings that the engine has; all defaults where not called
   * @return this
   */
  public RedisSessionStoreBuilder settings(SessionSettings settings) {
    this.settings = settings;
    return this;
  }

  /**
   * Sets how sessions are encoded, such as encrypted; by default they are kept as they are.
   *
   * @param codec encodes and decodes
   * @return this
   */
  public RedisSessionStoreBuilder codec(SessionCodec codec) {
    this.codec = codec;
    return this;
  }

  /**
   * Sets the clock, for tests.
   *
   * @param ticker the same as the engine's; the system's by default
   * @return this
   */
  public RedisSessionStoreBuilder ticker(Ticker ticker) {
    this.ticker = ticker;
    return this;
  }

  /** Changes the scripts, for tests. */
  RedisSessionStoreBuilder scripts(UnaryOperator<String> scripts) {
    this.scripts = scripts;
    return this;
  }

  private static void check(String name, Duration value, Duration least, Duration most) {
    if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
      throw new IllegalArgumentException(
          "%s must be between %s and %s but was %s".formatted(name, least, most, value));
    }
  }

  /**
   * Builds the store, which connects when an engine starts it.
   *
   * @return a store for one engine, to be closed after it
   */
  public RedisSessionStore build() {
    return new RedisSessionStore(this);
  }
}
