package dev.switchboard.redis;

import static dev.switchboard.redis.Cluster.eventually;
import static dev.switchboard.redis.ClusterTests.assertOneIdEach;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.ClusterProcess.Outcome;
import dev.switchboard.redis.SpecialistServer.Call;
import dev.switchboard.session.SessionCounts;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What becomes of an opening whose process does not finish it. */
@ExtendWith(Clusters.class)
@Timeout(120)
class ClusterTakeoverTests {

  private static final List<Integer> OTHERS = List.of(1, 2, 3);
  private static final List<String> KEY = List.of("marketing/acme/1");

  /** Lets one thread of process 0 open, which is held, and 20 of each other one wait for it. */
  private static Hold openAndWait(Cluster cluster, List<String> key) {
    Hold hold = cluster.specialist().holdNext(Call.OPEN, 1);
    cluster.process(0).ready(1, "say", key);
    cluster.process(0).go();
    hold.awaitArrivals(1);
    OTHERS.forEach(number -> cluster.process(number).ready(20, "say", key));
    cluster.go(OTHERS);
    cluster.awaitWaiting(3);
    return hold;
  }

  @Test
  void anotherProcessOpensWhereTheOpenerIsKilled(Cluster cluster) {
    cluster.start("grace=PT0S");
    Outcome earlier = cluster.process(0).call("say", List.of("marketing/globex/1"));
    Hold hold = openAndWait(cluster, KEY);
    cluster.kill(0);
    long killed = System.nanoTime();
    Outcome outcome = cluster.outcome(OTHERS);
    long millis = (System.nanoTime() - killed) / 1_000_000;
    assertOneIdEach(outcome, 1);

    // What the dead one's request still brings is nobody's.
    hold.release();
    eventually().until(() -> cluster.sessions().opened().size() == 3);
    SessionCounts counts = cluster.atRest(1);
    assertThat(counts).isEqualTo(new SessionCounts(1, 1, 0, 0, 0, 0));
    assertThat(cluster.sessions().known()).hasSize(3).containsAll(outcome.allIds());

    // What the dead one has left is closed by others.
    assertThat(cluster.process(1).evictTenant("globex")).isEqualTo(1);
    eventually().until(() -> cluster.sessions().closed().keySet().equals(earlier.allIds()));
    assertThat(cluster.atRest(1)).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
    cluster.figure(
        "kill -9 of the opener: 60 callers of 3 processes served after %,d ms".formatted(millis));
  }

  @Test
  void anOpenerThatStoodStillTooLongAdoptsTheSessionOpenedMeanwhile(Cluster cluster) {
    cluster.start("grace=PT0S");
    Hold hold = openAndWait(cluster, KEY);
    cluster.process(0).pause();
    hold.release();
    Outcome others = cluster.outcome(OTHERS);
    assertOneIdEach(others, 1);
    cluster.process(0).resume();
    Outcome late = cluster.process(0).outcome();
    assertThat(late.failures()).isEmpty();
    assertThat(late.ids()).isEqualTo(others.ids());
    eventually().until(() -> cluster.sessions().closed().size() == 1);
    assertThat(cluster.sessions().opened()).hasSize(2);
    assertThat(cluster.sessions().known()).isEqualTo(others.allIds());
    assertThat(cluster.sessions().callsOnClosed()).isEmpty();
    assertThat(cluster.atRest(0)).isEqualTo(new SessionCounts(2, 1, 0, 1, 0, 0));
    cluster.figure(
        "SIGSTOP of the opener: 60 callers of 3 processes served after %,d ms, late session closed"
            .formatted(others.nanos() / 1_000_000));
  }

  @Test
  void otherProcessesWaitForTheReplyThatNamesTheSession(Cluster cluster) {
    cluster.start();
    List<String> poem = List.of("poet/acme/1");
    Hold hold = openAndWait(cluster, poem);
    assertThat(cluster.sessions().opened()).isEmpty();
    hold.release();
    assertOneIdEach(cluster.outcome(ClusterTests.ALL), 1);
    assertThat(cluster.sessions().opened()).hasSize(1);
    assertThat(cluster.atRest(0)).isEqualTo(new SessionCounts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void anotherProcessLeadsWhereTheFirstCallEndsUnbound(Cluster cluster) {
    cluster.start();
    Hold hold = openAndWait(cluster, List.of("poet/acme/2"));
    cluster.specialist().failNext(Call.OPEN, 1);
    hold.release();
    assertThat(cluster.process(0).outcome().failures())
        .isEqualTo(Map.of("IOException: The specialist answered 503", 1));
    assertOneIdEach(cluster.outcome(OTHERS), 1);
    assertThat(cluster.sessions().opened()).hasSize(1);
    assertThat(cluster.atRest(0)).isEqualTo(new SessionCounts(1, 1, 0, 0, 0, 0));
  }

  @Test
  void evictingATenantVoidsItsOpeningsInOtherProcesses(Cluster cluster) {
    cluster.start();
    Hold hold = cluster.specialist().holdNext(Call.OPEN, 1);
    cluster.process(0).ready(1, "say", KEY);
    cluster.process(0).go();
    hold.awaitArrivals(1);
    assertThat(cluster.process(1).evictTenant("acme")).isZero();
    hold.release();
    assertThat(cluster.process(0).outcome().failures())
        .isEqualTo(
            Map.of(
                "SessionOpenException: No session of specialist 'marketing': it was evicted"
                    + " meanwhile",
                1));
    eventually()
        .until(
            () -> cluster.sessions().closed().size() == 1 && cluster.sessions().known().isEmpty());
    assertThat(cluster.stored("marketing")).isZero();
    assertThat(cluster.atRest(0)).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
    assertOneIdEach(cluster.call(ClusterTests.ALL, 1, "say", KEY), 1);
    assertThat(cluster.sessions().opened()).hasSize(2);
  }
}
