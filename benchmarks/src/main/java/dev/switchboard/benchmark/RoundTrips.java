package dev.switchboard.benchmark;

import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Commands a call at Redis, as it counts them itself, with what goes on in the background: one when
 * a session has been used for the first time, and a few a second.
 */
final class RoundTrips {

  private static final int SESSIONS = 2_000;
  private static final int NEAR = 200_000;
  private static final Pattern CALLS = Pattern.compile("cmdstat_eval(?:sha)?:calls=(\\d+)");

  private RoundTrips() {}

  public static void main(String[] args) {
    try (RedisServer server = new RedisServer();
        RedisDesk one = new RedisDesk(server);
        RedisDesk another = new RedisDesk(server)) {
      one.bean.ask("first", "hello");
      another.bean.ask("first", "hello");
      measure(server, "opened", SESSIONS, i -> one.bean.ask("tenant-" + i, "hello"));
      measure(server, "remote", SESSIONS, i -> another.bean.ask("tenant-" + i, "hello"));
      measure(server, "near", NEAR, i -> another.bean.ask("tenant-" + i % SESSIONS, "hello"));
    }
  }

  private interface Call {
    void make(int number);
  }

  private static void measure(RedisServer server, String name, int calls, Call call) {
    server.connection.sync().configResetstat();
    for (int i = 0; i < calls; i++) {
      call.make(i);
    }
    String stats = server.connection.sync().info("commandstats");
    long scripts =
        CALLS
            .matcher(stats)
            .results()
            .map((MatchResult found) -> found.group(1))
            .mapToLong(Long::parseLong)
            .sum();
    System.out.println(name + "=" + (double) scripts / calls);
  }
}
