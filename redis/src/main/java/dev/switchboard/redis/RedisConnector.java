package dev.switchboard.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.ReadFrom;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslVerifyMode;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import io.lettuce.core.resource.ClientResources;
import io.lettuce.core.resource.DefaultClientResources;
import io.lettuce.core.resource.Delay;
import io.netty.util.Timeout;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.Message;
import org.springframework.data.redis.connection.MessageListener;
import org.springframework.data.redis.connection.RedisConfiguration;
import org.springframework.data.redis.connection.RedisConnection;
import org.springframework.data.redis.connection.SubscriptionListener;
import org.springframework.data.redis.connection.lettuce.LettuceClientConfiguration;
import org.springframework.data.redis.connection.lettuce.LettuceConnection;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;
import org.springframework.data.redis.connection.lettuce.RedisCredentialsProviderFactory;

/**
 * Connects to the Redis that the application's connection factory is for, over connections of its
 * own: they refuse commands while disconnected instead of queueing them, connect again with full
 * jitter up to a second, and read from the primary only.
 */
final class RedisConnector implements AutoCloseable {

  private static final Duration LONGEST_RECONNECT_DELAY = Duration.ofSeconds(1);
  private static final int MAX_QUEUE = 10_000;
  private static final int IO_THREADS = 2;

  private final LettuceConnectionFactory connections;
  private final ClientResources resources;

  RedisConnector(LettuceConnectionFactory application, Duration connectTimeout) {
    LettuceClientConfiguration client = application.getClientConfiguration();
    this.resources =
        client
            .getClientResources()
            .map(RedisConnector::shared)
            .orElseGet(DefaultClientResources::builder)
            .reconnectDelay(
                Delay.fullJitter(Duration.ZERO, LONGEST_RECONNECT_DELAY, 10, TimeUnit.MILLISECONDS))
            .build();
    this.connections =
        new LettuceConnectionFactory(
            serverOf(application), new Client(client, resources, connectTimeout));
    this.connections.afterPropertiesSet();
  }

  /**
   * What these share with the application's, their shutdown leaves alone. Not the threads that
   * replies come on: the application may use its own to call us, and waits for a reply then.
   */
  private static ClientResources.Builder shared(ClientResources application) {
    return application
        .mutate()
        .ioThreadPoolSize(IO_THREADS)
        .commandLatencyRecorder(application.commandLatencyRecorder())
        .eventExecutorGroup(application.eventExecutorGroup())
        .timer(application.timer());
  }

  private static RedisConfiguration serverOf(LettuceConnectionFactory application) {
    RedisConfiguration cluster = application.getClusterConfiguration();
    RedisConfiguration sentinel = application.getSentinelConfiguration();
    RedisConfiguration socket = application.getSocketConfiguration();
    if (cluster != null) {
      return cluster;
    }
    if (sentinel != null) {
      return sentinel;
    }
    return socket != null ? socket : application.getStandaloneConfiguration();
  }

  /** Ends the wait for a reply; unlike {@code orTimeout} it wakes no thread where one comes. */
  void limit(CompletableFuture<?> reply, Duration timeout) {
    Timeout limit =
        resources
            .timer()
            .newTimeout(
                late -> reply.completeExceptionally(new TimeoutException()),
                timeout.toMillis(),
                TimeUnit.MILLISECONDS);
    var unused = reply.whenComplete((answer, failure) -> limit.cancel());
  }

  /** Connects, which takes at most the connect time-out. */
  RedisClusterAsyncCommands<byte[], byte[]> connect() {
    connections.start();
    return ((LettuceConnection) connections.getConnection()).getNativeConnection();
  }

  /** Subscribes, now and after every lost connection, which takes at most the connect time-out. */
  void subscribe(String channel, RedisLink.Listener listener) {
    connections.start();
    RedisConnection connection = connections.getConnection();
    try {
      connection.subscribe(new Subscriber(listener), Shard.bytes(channel));
    } catch (RuntimeException e) {
      // It has a connection of its own, which the next try would not use.
      connection.close();
      throw e;
    }
  }

  @Override
  public void close() {
    connections.destroy();
    var unused = resources.shutdown(0, 1, TimeUnit.SECONDS);
  }

  /** Passes on what is told. */
  private record Subscriber(RedisLink.Listener listener)
      implements MessageListener, SubscriptionListener {

    @Override
    public void onMessage(Message message, byte @Nullable [] pattern) {
      listener.message(Shard.text(message.getBody()));
    }

    @Override
    public void onChannelSubscribed(byte[] channel, long count) {
      listener.subscribed();
    }
  }

  /** The application's client with other options. */
  private record Client(
      LettuceClientConfiguration application, ClientResources resources, Duration connectTimeout)
      implements LettuceClientConfiguration {

    @Override
    public boolean isUseSsl() {
      return application.isUseSsl();
    }

    @Override
    @Deprecated(since = "0.1")
    @SuppressWarnings("InlineMeSuggester")
    public boolean isVerifyPeer() {
      return getVerifyMode() != SslVerifyMode.NONE;
    }

    @Override
    public SslVerifyMode getVerifyMode() {
      return application.getVerifyMode();
    }

    @Override
    public boolean isStartTls() {
      return application.isStartTls();
    }

    @Override
    public Optional<ClientResources> getClientResources() {
      return Optional.of(resources);
    }

    @Override
    public Optional<ClientOptions> getClientOptions() {
      ClientOptions options = application.getClientOptions().orElseGet(ClientOptions::create);
      SocketOptions socket =
          options.getSocketOptions().mutate().connectTimeout(connectTimeout).build();
      // Time-outs of commands are the link's.
      return Optional.of(
          options
              .mutate()
              .autoReconnect(true)
              .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
              .requestQueueSize(MAX_QUEUE)
              .socketOptions(socket)
              .timeoutOptions(TimeoutOptions.create())
              .build());
    }

    @Override
    public Optional<String> getClientName() {
      return application.getClientName();
    }

    @Override
    public Optional<ReadFrom> getReadFrom() {
      return Optional.empty();
    }

    @Override
    public Optional<RedisCredentialsProviderFactory> getRedisCredentialsProviderFactory() {
      return application.getRedisCredentialsProviderFactory();
    }

    /** Bounds connecting and the handshake. */
    @Override
    public Duration getCommandTimeout() {
      return connectTimeout;
    }

    @Override
    public Duration getShutdownTimeout() {
      return application.getShutdownTimeout();
    }

    @Override
    public Duration getShutdownQuietPeriod() {
      return application.getShutdownQuietPeriod();
    }
  }
}
