package dev.switchboard.benchmark;

import io.lettuce.core.api.sync.RedisCommands;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A hit that the process has seen lately, one that it has to ask Redis about, one that it has never
 * seen, and a plain GET.
 */
public class RedisBenchmark {

  private static final int SESSION_BYTES = 250;

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Switchboard {

    private final RedisServer server = new RedisServer();
    final RedisDesk desk = new RedisDesk(server);

    @TearDown
    public void close() {
      desk.close();
      server.close();
    }
  }

  /** Ours, which does not know what it saw. */
  @State(Scope.Benchmark)
  public static class Forgetful {

    private final RedisServer server = new RedisServer();
    final RedisDesk desk = RedisDesk.forgetful(server);

    @TearDown
    public void close() {
      desk.close();
      server.close();
    }
  }

  /** Lettuce, and as many bytes as a session has. */
  @State(Scope.Benchmark)
  public static class Lettuce {

    private final RedisServer server = new RedisServer();
    final RedisCommands<String, String> commands = server.connection.sync();

    public Lettuce() {
      commands.set("key", "x".repeat(SESSION_BYTES));
    }

    @TearDown
    public void close() {
      server.close();
    }
  }

  @Benchmark
  public String near(Switchboard redis) {
    return redis.desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String remote(Switchboard redis) {
    redis.desk.forward();
    return redis.desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String unseen(Forgetful redis) {
    redis.desk.forward();
    return redis.desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String local(SessionHitBenchmark.Switchboard desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String get(Lettuce lettuce) {
    return String.valueOf(lettuce.commands.get("key"));
  }
}
