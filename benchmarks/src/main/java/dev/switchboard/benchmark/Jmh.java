package dev.switchboard.benchmark;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * The benchmarks of a class: nanoseconds and bytes a call, by the method's name, its parameters
 * and, where there are several, its threads, as in {@code hit 1000 2t}.
 */
record Jmh(Class<?> type, List<Integer> threads) implements Source {

  /** A second is measured in so many slices, of which the best is what nothing else got in. */
  private static final int SLICES = 20;

  private static final String ALLOCATED = "gc.alloc.rate.norm";

  Jmh(Class<?> type) {
    this(type, List.of(1));
  }

  @Override
  public Figures round(int seconds) throws RunnerException {
    Figures figures = new Figures();
    for (int count : threads) {
      OptionsBuilder options = new OptionsBuilder();
      options
          .include(Pattern.quote(type.getName() + "."))
          .mode(Mode.AverageTime)
          .timeUnit(TimeUnit.NANOSECONDS)
          .forks(1)
          .threads(count)
          .warmupIterations(seconds)
          .warmupTime(TimeValue.seconds(1))
          .measurementIterations(seconds * SLICES)
          .measurementTime(TimeValue.milliseconds(1_000 / SLICES))
          .jvmArgsAppend("-Xms2g", "-Xmx2g", "-XX:+UseParallelGC")
          .addProfiler(GCProfiler.class)
          .shouldFailOnError(true)
          .verbosity(VerboseMode.SILENT);
      for (RunResult result : new Runner(options.build()).run()) {
        String name = name(result.getParams()) + (threads.size() > 1 ? " " + count + "t" : "");
        figures.put(name, result.getPrimaryResult().getStatistics().getMin());
        var allocated = Objects.requireNonNull(result.getSecondaryResults().get(ALLOCATED));
        figures.putBytes(name, allocated.getStatistics().getMin());
      }
    }
    return figures;
  }

  private static String name(BenchmarkParams params) {
    StringBuilder name = new StringBuilder();
    name.append(params.getBenchmark().substring(params.getBenchmark().lastIndexOf('.') + 1));
    for (String key : params.getParamsKeys()) {
      name.append(' ').append(params.getParam(key));
    }
    return name.toString();
  }
}
