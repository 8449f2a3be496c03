package dev.switchboard.example.concierge.redis;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;

/**
 * Starts a Redis of our own where sessions are kept in Redis and settings name none, and says where
 * it is in the very properties that would have named another: {@code spring.data.redis.*}.
 */
final class LocalRedisInitializer
    implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  @Override
  public void initialize(ConfigurableApplicationContext context) {
    ConfigurableEnvironment environment = context.getEnvironment();
    boolean named =
        Stream.of("url", "host", "port")
            .anyMatch(name -> environment.containsProperty("spring.data.redis." + name));
    if (named || !"redis".equals(environment.getProperty("switchboard.store"))) {
      return;
    }
    LocalRedis redis = start(Path.of(environment.getRequiredProperty("concierge.data")));
    Map<String, Object> where =
        Map.of("spring.data.redis.host", "127.0.0.1", "spring.data.redis.port", redis.port());
    environment.getPropertySources().addLast(new MapPropertySource("localRedis", where));
    // What is registered before all beans is destroyed after them.
    ((DefaultListableBeanFactory) context.getBeanFactory())
        .registerDisposableBean("localRedis", redis);
  }

  private static LocalRedis start(Path folder) {
    try {
      return LocalRedis.start(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
