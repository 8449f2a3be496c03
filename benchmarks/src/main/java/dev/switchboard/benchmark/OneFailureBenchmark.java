package dev.switchboard.benchmark;

import org.openjdk.jmh.annotations.Benchmark;

/** A retried call whose first attempt fails; no delay. */
public class OneFailureBenchmark {

  @Benchmark
  public String switchboard(RetryBenchmark.Switchboard desk) {
    return desk.bean.ask(true);
  }

  @Benchmark
  public String handWritten(RetryBenchmark.ByHand desk) {
    return desk.bean.ask(true);
  }

  @Benchmark
  public String springRetryable(RetryBenchmark.Spring desk) {
    return desk.bean.ask(true);
  }

  @Benchmark
  public String springRetry(RetryBenchmark.SpringRetry desk) {
    return desk.bean.ask(true);
  }

  @Benchmark
  public String resilience4j(RetryBenchmark.Resilience4j desk) {
    return desk.bean.ask(true);
  }

  @Benchmark
  public String failsafe(RetryBenchmark.NoProxy desk) {
    return desk.retries.get(() -> desk.work.run(true));
  }
}
