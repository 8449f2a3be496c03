package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.ClusterProcess.Outcome;
import dev.switchboard.redis.SpecialistServer.Call;
import dev.switchboard.session.SessionCounts;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What several processes on one Redis do together. */
@ExtendWith(Clusters.class)
@Timeout(120)
class ClusterTests {

  static final List<Integer> ALL = List.of(0, 1, 2, 3);

  /** So many keys of one tenant. */
  static List<String> keys(String specialistAndTenant, int number) {
    return IntStream.range(0, number).mapToObj(i -> specialistAndTenant + "/" + i).toList();
  }

  static void assertOneIdEach(Outcome outcome, int keys) {
    assertThat(outcome.failures()).isEmpty();
    assertThat(outcome.ids()).hasSize(keys);
    assertThat(outcome.ids().values()).allSatisfy(ids -> assertThat(ids).hasSize(1));
  }

  @Test
  void coldKeysAreOpenedOnceForAllThreadsOfAllProcesses(Cluster cluster) {
    cluster.start();
    List<String> keys = keys("marketing/acme", 200);
    Outcome cold = cluster.call(ALL, 50, "look", keys);
    assertThat(cold.calls()).isEqualTo(4 * 50 * 200);
    assertOneIdEach(cold, 200);
    assertThat(cluster.sessions().opened()).hasSize(200);
    assertThat(cold.allIds()).isEqualTo(cluster.sessions().known());

    Outcome warm = cluster.call(ALL, 50, "look", keys);
    assertThat(warm.ids()).isEqualTo(cold.ids());
    SessionCounts counts = cluster.atRest(0);
    assertThat(counts.opened()).isEqualTo(200);
    assertThat(counts.live()).isEqualTo(200);
    cluster.figure(
        "cold: %,d opens by %,d callers of 4 processes in %,d ms; warm: %,d hits/s"
            .formatted(
                counts.opened(),
                cold.calls(),
                cold.nanos() / 1_000_000,
                warm.calls() * 1_000_000_000L / warm.nanos()));
  }

  @Test
  void lostSessionsAreReopenedOnceForAllProcesses(Cluster cluster) {
    cluster.start();
    List<String> keys = keys("marketing/acme", 50);
    Outcome before = cluster.call(ALL, 2, "say", keys);
    assertOneIdEach(before, 50);
    cluster.sessions().forgetAll();
    Outcome after = cluster.call(ALL, 25, "say", keys);
    assertThat(after.failures()).isEmpty();
    assertThat(cluster.sessions().opened()).hasSize(100);
    Outcome last = cluster.call(ALL, 1, "say", keys);
    assertOneIdEach(last, 50);
    assertThat(last.allIds())
        .isEqualTo(cluster.sessions().known())
        .doesNotContainAnyElementsOf(before.allIds());
    SessionCounts counts = cluster.atRest(0);
    assertThat(counts.lost()).isEqualTo(50);
    assertThat(counts.live()).isEqualTo(50);
    assertThat(cluster.sessions().closed()).isEmpty();
    cluster.figure(
        "lost: %,d forgotten, %,d reopened under %,d calls in %,d ms"
            .formatted(
                counts.lost(), counts.opened() - 50, after.calls(), after.nanos() / 1_000_000));
  }

  @Test
  void otherProcessesShareTheFailureOfAnOpening(Cluster cluster) {
    cluster.start();
    List<String> key = List.of("marketing/acme/secret");
    Hold hold = cluster.specialist().holdNext(Call.OPEN, 1);
    cluster.process(0).ready(1, "look", key);
    cluster.process(0).go();
    hold.awaitArrivals(1);
    List<Integer> others = List.of(1, 2, 3);
    others.forEach(number -> cluster.process(number).ready(10, "look", key));
    cluster.go(others);
    others.forEach(number -> cluster.process(number).awaitWaiting());
    cluster.awaitWaiting(3);
    cluster.specialist().failNext(Call.OPEN, 1);
    hold.release();
    assertThat(cluster.process(0).outcome().failures().keySet())
        .containsExactly(
            "SessionOpenException: No session of specialist 'marketing': the connector failed with"
                + " IOException");
    Outcome waiters = cluster.outcome(others);
    assertThat(waiters.ids()).isEmpty();
    assertThat(waiters.failures())
        .containsOnly(
            Map.entry(
                "SessionOpenException: No session of specialist 'marketing': its opening in another"
                    + " process failed with java.io.IOException",
                30));
    assertOneIdEach(cluster.call(ALL, 1, "look", key), 1);
    assertThat(cluster.sessions().opened()).hasSize(1);
    cluster.atRest(0);
  }

  @Test
  void sessionsOutliveTheProcessThatOpenedThem(Cluster cluster) {
    cluster.start(List.of(0));
    List<String> keys = keys("marketing/acme", 20);
    List<String> failed = List.of("marketing/acme/failed");
    Outcome first = cluster.process(0).call("say", keys);
    assertThat(first.fresh()).containsExactlyInAnyOrderElementsOf(keys);
    assertThat(cluster.process(0).call("fail", failed).failures()).hasSize(1);
    cluster.stop(0);
    assertThat(cluster.sessions().closed()).isEmpty();

    cluster.start(List.of(1));
    Outcome second = cluster.process(1).call("say", keys);
    assertThat(second.ids()).isEqualTo(first.ids());
    assertThat(second.fresh()).isEmpty();
    assertThat(cluster.process(1).call("say", failed).fresh()).isEqualTo(Set.copyOf(failed));
    assertThat(cluster.sessions().opened()).hasSize(21);
    assertThat(cluster.atRest(0).live()).isEqualTo(21);
  }
}
