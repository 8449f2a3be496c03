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

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext();
  private volatile long forwardNanos;
  final Desk bean;

  RedisDesk(RedisServer server) {
    Ticker ticker = () -> System.nanoTime() + forwardNanos;
    SessionSettings settings =
        SessionSettings.builder().defaults(new SpecialistSettings(LONG, LONG, 100_000)).build();
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
    forwardNanos += Duration.ofSeconds(31).toNanos();
  }

  @Override
  public void close() {
    context.close();
  }
}
