package dev.switchboard.benchmark;

import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** Hits of one and of two threads, on one key that all want and on keys that differ. */
public class ScalingBenchmark {

  /** Where a thread is among the tenants. */
  @State(Scope.Thread)
  public static class Walk {

    private static final String[] TENANTS =
        IntStream.range(0, 512).mapToObj(i -> "tenant-" + i).toArray(String[]::new);

    private int at = (int) (System.nanoTime() & 511);

    String next() {
      at = (at + 7) & 511;
      return TENANTS[at];
    }
  }

  @Benchmark
  public String switchboardManyKeys(SessionHitBenchmark.Switchboard desk, Walk walk) {
    return desk.bean.ask(walk.next(), "hello");
  }

  @Benchmark
  public String handWrittenManyKeys(SessionHitBenchmark.ByHand desk, Walk walk) {
    return desk.bean.ask(walk.next(), "hello");
  }

  @Benchmark
  public String switchboardHotKey(SessionHitBenchmark.Switchboard desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String handWrittenHotKey(SessionHitBenchmark.ByHand desk) {
    return desk.bean.ask("tenant-1", "hello");
  }
}
