package dev.switchboard.redis;

import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.cluster.api.async.RedisClusterAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.data.redis.RedisConnectionFailureException;

/**
 * The way to Redis, with a circuit breaker: after several failures in a row nothing is sent for
 * callers any more, until a probe in the background has been answered. No caller waits for longer
 * than the command time-out, and none for a connection.
 */
final class RedisLink implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(RedisLink.class);
  private static final int FAILURES_TO_OPEN = 5;
  private static final long LONGEST_RETRY_MILLIS = 1_000;

  /** What the link tells; all of it must return at once. */
  interface Listener {

    /** Redis answers; callers are let through once the stage has completed. */
    CompletionStage<?> recovering();

    /** The connection that brings messages is made, perhaps again: some may have been missed. */
    void subscribed();

    /** A session has left, or an opening is void: its field and its token. */
    void message(String text);
  }

  private final RedisConnector connector;
  private final Namespace space;
  private final Shard probed;
  private final Listener listener;
  private final Duration commandTimeout;
  private final UnaryOperator<String> scripts;
  private final ExecutorService connecting = Executors.newSingleThreadExecutor(RedisLink::thread);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final AtomicInteger failures = new AtomicInteger();
  private final AtomicBoolean mending = new AtomicBoolean();
  private volatile @Nullable RedisClusterAsyncCommands<byte[], byte[]> commands;
  private boolean subscribed;
  private volatile boolean up;

  /** Why Redis, which answers, cannot be used; null where it can, or does not answer. */
  private volatile @Nullable String refusal;

  /**
   * Creates a link that is down until {@link #connect}.
   *
   * @param scripts changes the scripts' text, for tests
   */
  RedisLink(
      RedisConnector connector,
      Namespace space,
      Listener listener,
      Duration commandTimeout,
      UnaryOperator<String> scripts) {
    this.connector = connector;
    this.space = space;
    this.probed = new Shard(space, "", 0, null, 0);
    this.listener = listener;
    this.commandTimeout = commandTimeout;
    this.scripts = scripts;
  }

  private static Thread thread(Runnable task) {
    Thread thread = new Thread(task, "switchboard-redis-connect");
    thread.setDaemon(true);
    return thread;
  }

  /** Connects; goes on in the background where the first try fails or takes longer than this. */
  void connect(Duration wait) {
    mend();
    try {
      boolean answered = tried.await(wait.toMillis(), TimeUnit.MILLISECONDS);
      if (!answered || (!up && refusal == null)) {
        log.warn("Redis cannot be reached; nothing is sent to it until it can");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether callers are let through. */
  boolean isUp() {
    return up;
  }

  /** Why it is down; null where it is up. */
  @Nullable String trouble() {
    String refused = refusal;
    if (up) {
      return null;
    }
    return refused == null ? "Redis does not answer" : "Redis refuses to work: " + refused;
  }

  /** Runs a script for a caller, unless the link is down. */
  CompletableFuture<List<Object>> run(Script script, Shard shard, List<String> arguments) {
    if (!up) {
      return CompletableFuture.failedFuture(unavailable());
    }
    return send(script, shard, arguments).whenComplete((answer, failure) -> count(shard, failure));
  }

  /** Reads what is stored in a field for a caller, null for nothing, unless the link is down. */
  CompletableFuture<byte @Nullable []> read(Shard shard, String field) {
    if (!up) {
      return CompletableFuture.failedFuture(unavailable());
    }
    return command(redis -> redis.hget(shard.sessions(), Shard.bytes(field)))
        .whenComplete((stored, failure) -> count(shard, failure));
  }

  /** Runs a script whether the link is down or not, and whatever comes of it. */
  CompletableFuture<List<Object>> send(Script script, Shard shard, List<String> arguments) {
    byte[][] own = shard.arguments(arguments);
    String text = scripts.apply(script.text());
    String sha = text.equals(script.text()) ? script.sha() : Script.sha1(text);
    CompletableFuture<List<Object>> reply =
        command(redis -> redis.evalsha(sha, ScriptOutputType.MULTI, shard.keys(), own));
    return reply.exceptionallyCompose(
        failure ->
            RedisFailures.cause(failure) instanceof RedisNoScriptException
                ? command(
                    redis ->
                        redis.eval(
                            text.getBytes(StandardCharsets.UTF_8),
                            ScriptOutputType.MULTI,
                            shard.keys(),
                            own))
                : CompletableFuture.failedFuture(RedisFailures.cause(failure)));
  }

  /** Sends a command whether the link is down or not. */
  <T> CompletableFuture<T> command(
      Function<RedisClusterAsyncCommands<byte[], byte[]>, ? extends CompletionStage<T>> command) {
    RedisClusterAsyncCommands<byte[], byte[]> connected = commands;
    if (connected == null) {
      return CompletableFuture.failedFuture(unavailable());
    }
    try {
      CompletableFuture<T> reply = command.apply(connected).toCompletableFuture();
      connector.limit(reply, commandTimeout);
      return reply;
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  static RedisConnectionFailureException unavailable() {
    return new RedisConnectionFailureException("Redis cannot be reached");
  }

  private void noteRefusal(@Nullable Throwable failure) {
    String before = refusal;
    String now = failure == null ? null : RedisFailures.refusal(failure);
    refusal = now;
    if (now != null && !now.equals(before)) {
      log.warn("Redis refuses to work: {}", now);
    }
  }

  private void count(Shard shard, @Nullable Throwable failure) {
    if (failure == null) {
      failures.set(0);
    } else if (RedisFailures.isOfAnotherType(failure)) {
      shard.taken();
    } else if (failures.incrementAndGet() >= FAILURES_TO_OPEN && up) {
      up = false;
      noteRefusal(failure);
      if (refusal == null) {
        log.warn(
            "Redis does not answer ({}); nothing is sent to it until it does again",
            RedisFailures.cause(failure).getClass().getSimpleName());
      }
      mend();
    }
  }

  private void mend() {
    if (mending.compareAndSet(false, true)) {
      tryOn(connecting);
    }
  }

  private void tryOn(Executor executor) {
    try {
      executor.execute(this::connectAndProbe);
    } catch (RejectedExecutionException e) {
      log.debug("The link to Redis has been closed");
    }
  }

  private void connectAndProbe() {
    CompletionStage<?> answer;
    try {
      if (commands == null) {
        commands = connector.connect();
      }
      if (!subscribed) {
        connector.subscribe(space.channel(), listener);
        subscribed = true;
      }
      answer = send(Script.PROBE, probed, List.of()).thenCompose(ok -> listener.recovering());
    } catch (Throwable e) {
      // An error, such as no thread to be had, would end all further tries.
      answer = CompletableFuture.failedFuture(e);
    }
    answer.whenComplete((ok, failure) -> probed(failure));
  }

  private void probed(@Nullable Throwable failure) {
    noteRefusal(failure);
    if (failure == null) {
      failures.set(0);
      mending.set(false);
      up = true;
      log.info("Redis answers: sessions are shared; exclusive calls queue in each process");
    } else {
      log.debug(
          "Redis does not answer a probe: {}", RedisFailures.cause(failure).getClass().getName());
      long delay = ThreadLocalRandom.current().nextLong(LONGEST_RETRY_MILLIS);
      tryOn(CompletableFuture.delayedExecutor(delay, TimeUnit.MILLISECONDS, connecting));
    }
    if (failure == null || !(RedisFailures.cause(failure) instanceof TimeoutException)) {
      // A process that has just begun may be too slow itself: startup waits for the next try.
      tried.countDown();
    }
  }

  @Override
  public void close() {
    up = false;
    connecting.shutdownNow();
    connector.close();
  }
}
