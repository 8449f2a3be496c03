package dev.switchboard.example.concierge.live;

import dev.switchboard.example.concierge.maps.TwoMaps;
import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.example.concierge.specialist.Switches;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.stereotype.Component;

/**
 * Plays every call to two hand-written maps as well, on threads and specialists of its own: the
 * same tenants, messages, order and faults.
 */
@Component
public class HandWritten implements DisposableBean {

  private static final int THREADS = 64;
  private static final int WAITING = 2000;

  /**
   * How the maps stand.
   *
   * @param answered calls answered
   * @param failed calls not answered
   * @param skipped calls not played, as too many were waiting
   * @param retries calls made again
   * @param miscounted retries refused or given because of another call's count
   * @param entries ids in the map of sessions
   * @param dead those among them that no specialist knows any more
   * @param counts counts in the map of retries
   * @param opened sessions opened at the specialists
   * @param held sessions open there; none of them will ever be closed
   */
  record Standing(
      long answered,
      long failed,
      long skipped,
      long retries,
      long miscounted,
      int entries,
      int dead,
      int counts,
      long opened,
      int held) {}

  private final TwoMaps maps = new TwoMaps();
  private final Map<String, Agent> agents =
      LocalSpecialists.names().stream()
          .collect(Collectors.toMap(Function.identity(), LocalSpecialists::agent));
  private final LongAdder answered = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder skipped = new LongAdder();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING));

  HandWritten() {
    threads.allowCoreThreadTimeOut(true);
  }

  /** Sets the switches of the maps' own specialist, as those of the concierge's are set. */
  public void set(String specialist, Switches switches) {
    switches.applyTo(agent(specialist));
  }

  void play(String specialist, String tenant, String message, Consumer<Call.Outcome> ended) {
    try {
      threads.execute(() -> ended.accept(ask(agent(specialist), tenant, message)));
    } catch (RejectedExecutionException e) {
      skipped.increment();
      ended.accept(Call.Outcome.SKIPPED);
    }
  }

  private Call.Outcome ask(Agent agent, String tenant, String message) {
    boolean answer;
    try {
      answer = maps.ask(agent, tenant, message);
    } catch (IllegalStateException e) {
      answer = false;
    }
    (answer ? answered : failed).increment();
    return answer ? Call.Outcome.ANSWERED : Call.Outcome.FAILED;
  }

  Standing standing() {
    return new Standing(
        answered.sum(),
        failed.sum(),
        skipped.sum(),
        maps.retries(),
        maps.miscounted(),
        maps.sessionEntries(),
        agents.values().stream().mapToInt(maps::deadEntries).sum(),
        maps.retryEntries(),
        agents.values().stream().mapToLong(Agent::opened).sum(),
        agents.values().stream().mapToInt(Agent::held).sum());
  }

  private Agent agent(String specialist) {
    return Objects.requireNonNull(agents.get(specialist));
  }

  @Override
  public void destroy() {
    threads.shutdownNow();
  }
}
