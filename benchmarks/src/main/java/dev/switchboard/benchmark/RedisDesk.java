package dev.switchboard.benchmark;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.benchmark.SessionHitBenchmark.Desk;
import dev.switchboard.redis.RedisSessionStore;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSettings;
import java.time.Duration;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/** An application whose sessions are in Redis, and whose clock can be put forward. */
final class RedisDesk implements AutoCloseable {

  private static final Duration LONG = Duration.ofDays(100_000);
  private static final Duration STALE = Duration.ofSeconds(31);

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private volatile long forwardNanos;
  final Desk bean;

  RedisDesk(RedisServer server) {
    this(server, LONG);
  }

  /** One that asks as if it had never seen a session whenever its clock was put forward. */
  static RedisDesk forgetful(RedisServer server) {
    return new RedisDesk(server, STALE.plusSeconds(1));
  }

  private RedisDesk(RedisServer server, Duration idleTimeout) {
    Ticker ticker = () -> System.nanoTime() + forwardNanos;
    SessionSettings settings =
        SessionSettings.builder()
            .defaults(new SpecialistSettings(LONG, idleTimeout, 100_000))
            .build();
    LettuceConnectionFactory connections = new LettuceConnectionFactory("127.0.0.1", server.port);
    connections.afterPropertiesSet();
    context.registerBean(Ticker.class, () -> ticker);
    context.registerBean(SessionSettings.class, () -> settings);
    context.registerBean(LettuceConnectionFactory.class, () -> connections);
    context.registerBean(
        RedisSessionStore.class,
        () -> RedisSessionStore.builder(connections).settings(settings).ticker(ticker).build());
    context.register(Desk.class, Ids.class, SpecialistSessionConfiguration.class);
    context.refresh();
    bean = context.getBean(Desk.class);
  }

  /** Lets what was seen in Redis be seen too long ago to be served without asking. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
  void forward() {
    forwardNanos += STALE.toNanos();
  }

  @Override
  public void close() {
    context.close();
  }
}
