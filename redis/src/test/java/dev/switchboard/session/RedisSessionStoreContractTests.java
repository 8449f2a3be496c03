package dev.switchboard.session;

import dev.switchboard.redis.SkewedRedis;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The shared store holds to what every store holds to, on a real server. */
class RedisSessionStoreContractTests extends SessionStoreContractTests {

  @SuppressWarnings("NullAway.Init")
  private static SkewedRedis redis;

  private final FakeTicker ticker = new FakeTicker();

  @SuppressWarnings("NullAway.Init")
  private SessionStore store;

  @BeforeAll
  static void startRedis() {
    redis = new SkewedRedis();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @Override
  SessionStore create() {
    redis.clear();
    store = redis.store(ticker);
    return store;
  }

  @AfterEach
  void closeStore() {
    SkewedRedis.close(store);
  }

  @Override
  void advance(Duration duration) {
    // In steps, as time passes, so that what happens every second can happen.
    for (long left = duration.toSeconds(); left > 0; left -= 60) {
      Duration step = Duration.ofSeconds(Math.min(left, 60));
      ticker.advance(step);
      redis.advance(step);
      settle();
    }
  }

  @Override
  void settle() {
    SkewedRedis.maintain(store);
  }

  @Override
  long nanos() {
    return ticker.read();
  }
}
