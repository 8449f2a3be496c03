package dev.switchboard.autoconfigure;

import dev.switchboard.redis.RedisSessionStoreBuilder;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * What {@code switchboard.redis.*} says about sessions that are shared; where Redis is, {@code
 * spring.data.redis.*} says.
 *
 * @param namespace Whose sessions these are. Processes that say the same share them. The
 *     application's name by default.
 * @param closeGrace How long a session that has left stays open, for calls of other processes that
 *     use it.
 * @param buckets Over how many hash slots the sessions of each specialist are spread, up to 1024.
 *     The same in all processes.
 * @param commandTimeout How long a call waits for an answer of Redis before it goes on without.
 * @param connectTimeout How long making a connection may take, and startup waits for the first.
 * @param onFailure What calls do while Redis does not answer.
 * @since 0.1
 */
@ConfigurationProperties("switchboard.redis")
public record RedisStoreProperties(
    @Nullable String namespace,
    @DefaultValue("2m") Duration closeGrace,
    @DefaultValue("1") int buckets,
    @DefaultValue("250ms") Duration commandTimeout,
    @DefaultValue("5s") Duration connectTimeout,
    @DefaultValue("local") RedisSessionStoreBuilder.OnFailure onFailure) {}
