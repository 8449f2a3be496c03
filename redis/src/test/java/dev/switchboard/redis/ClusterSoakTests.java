package dev.switchboard.redis;

import static dev.switchboard.redis.Cluster.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.ClusterProcess.Outcome;
import dev.switchboard.session.SessionCounts;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Calls, losses, evictions, surplus and restarts in three processes: what must always hold. */
@ExtendWith(Clusters.class)
@Timeout(120)
class ClusterSoakTests {

  private static final long SEED = 20_260_101;
  private static final int ROUNDS = 12;
  private static final int THREADS = 6;
  private static final int CALLS = 40;
  private static final int FORGOTTEN = 10;
  private static final List<Integer> PROCESSES = List.of(0, 1, 2);
  private static final List<Integer> STAYING = List.of(0, 1);

  /** Longer than any call and any message takes, and short enough that much is closed meanwhile. */
  private static final String[] SETTINGS = {"maxSize=80", "grace=PT4S"};

  @Test
  void nothingIsSharedClosedTwiceUsedAfterItsCloseOrForgotten(Cluster cluster) {
    cluster.start(PROCESSES, SETTINGS);
    Random random = new Random(SEED);
    Outcome all = Outcome.none();
    for (int round = 0; round < ROUNDS; round++) {
      boolean restart = round % 5 == 4;
      List<Integer> calling = restart ? STAYING : PROCESSES;
      for (int number : calling) {
        cluster.process(number).readyToSoak(THREADS, SEED + 1_000L * round + 100L * number, CALLS);
      }
      cluster.go(calling);
      if (restart) {
        cluster.restart(2, SETTINGS);
      }
      List<String> known = new ArrayList<>(cluster.sessions().known());
      Collections.sort(known);
      Collections.shuffle(known, random);
      known.stream().limit(FORGOTTEN).forEach(cluster.sessions()::forget);
      all = all.plus(cluster.outcome(calling));
    }
    assertThat(all.failures().keySet())
        .allMatch(failure -> failure.matches("SessionOpenException: .* was evicted meanwhile"));

    eventually().until(() -> cluster.closing("marketing") == 0);
    SessionCounts counts = cluster.atRest(0);
    SpecialistLedger sessions = cluster.sessions();
    assertThat(sessions.callsOnOthers()).isEmpty();
    assertThat(sessions.callsOnClosed()).isEmpty();
    assertThat(sessions.closedTwice()).isEmpty();
    assertThat(counts.opened()).isEqualTo(sessions.opened().size());
    assertThat(counts.closed()).isEqualTo(sessions.closed().size());
    assertThat(counts.unclosed()).isZero();
    assertThat(counts.live()).isBetween(76L, 84L);
    cluster.figure(
        "%,d calls, seed %d, 2 restarts: %s, %,d calls voided by evictions"
            .formatted(
                all.calls(),
                SEED,
                counts,
                all.failures().values().stream().mapToInt(Integer::intValue).sum()));
  }
}
