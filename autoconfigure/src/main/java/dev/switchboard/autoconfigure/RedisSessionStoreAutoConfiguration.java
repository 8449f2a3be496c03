package dev.switchboard.autoconfigure;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.redis.RedisSessionStore;
import dev.switchboard.redis.RedisSessionStoreBuilder;
import dev.switchboard.redis.SessionCodec;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SessionStore;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.data.redis.autoconfigure.DataRedisConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.data.redis.connection.RedisConnectionFactory;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Auto-configuration of sessions that are shared through Redis, where the module is there and
 * {@code switchboard.store} does not say otherwise. A {@link SessionStore} bean of the
 * application's own is used instead.
 *
 * @since 0.1
 */
@AutoConfiguration(
    after = DataRedisAutoConfiguration.class,
    before = SpecialistSessionAutoConfiguration.class)
@ConditionalOnClass({RedisSessionStore.class, LettuceConnectionFactory.class})
@ConditionalOnProperty(name = "switchboard.store", havingValue = "redis", matchIfMissing = true)
@EnableConfigurationProperties(RedisStoreProperties.class)
public final class RedisSessionStoreAutoConfiguration {

  /** Creates the auto-configuration. */
  public RedisSessionStoreAutoConfiguration() {}

  @Bean
  @ConditionalOnMissingBean(SessionStore.class)
  static RedisSessionStore redisSessionStore(
      ObjectProvider<RedisConnectionFactory> connections,
      ObjectProvider<DataRedisConnectionDetails> details,
      RedisStoreProperties properties,
      ObjectProvider<SessionSettings> settings,
      ObjectProvider<SessionCodec> codec,
      ObjectProvider<Ticker> clock,
      Environment environment) {
    if (details.stream().anyMatch(redis -> redis.getMasterReplica() != null)) {
      throw new InvalidDeclarationException(
          "spring.data.redis.masterreplica must not be set where sessions are shared: a replica"
              + " that is behind would open them twice",
          "Use spring.data.redis.sentinel or .cluster, or set switchboard.store=local.");
    }
    RedisSessionStoreBuilder store = RedisSessionStore.builder(lettuce(connections));
    return PropertyRules.under(
        "switchboard.redis",
        () -> {
          store
              .namespace(namespace(properties, environment))
              .closeGrace(properties.closeGrace())
              .buckets(properties.buckets())
              .commandTimeout(properties.commandTimeout())
              .connectTimeout(properties.connectTimeout())
              .onFailure(properties.onFailure());
          settings.ifAvailable(store::settings);
          codec.ifAvailable(store::codec);
          clock.ifUnique(store::ticker);
          return store.build();
        });
  }

  private static LettuceConnectionFactory lettuce(
      ObjectProvider<RedisConnectionFactory> connections) {
    if (connections.getIfAvailable() instanceof LettuceConnectionFactory lettuce) {
      return lettuce;
    }
    throw new InvalidDeclarationException(
        "switchboard.store: sessions can be shared over Lettuce only, but there is no"
            + " LettuceConnectionFactory bean",
        "Set spring.data.redis.client-type=lettuce, declare a LettuceConnectionFactory bean, or"
            + " set switchboard.store=local.");
  }

  /** The application's name is whatever people wrote; only the property has a rule. */
  private static String namespace(RedisStoreProperties properties, Environment environment) {
    String stated = properties.namespace();
    return stated != null
        ? stated
        : environment
            .getProperty("spring.application.name", "application")
            .replaceAll("[^A-Za-z0-9._-]", "-");
  }
}
