package dev.switchboard.redis;

import static dev.switchboard.redis.Cluster.eventually;
import static dev.switchboard.redis.ClusterTests.ALL;
import static dev.switchboard.redis.ClusterTests.assertOneIdEach;
import static dev.switchboard.redis.ClusterTests.keys;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.redis.ClusterProcess.Outcome;
import dev.switchboard.session.SessionCounts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How sessions leave that several processes share. */
@ExtendWith(Clusters.class)
@Timeout(120)
class ClusterBoundsTests {

  @Test
  void allProcessesTogetherKeepToTheBound(Cluster cluster) {
    cluster.start("maxSize=100", "grace=PT0.5S");
    ALL.forEach(
        number -> cluster.process(number).ready(2, "look", keys("marketing/t" + number, 100)));
    cluster.go(ALL);
    assertThat(cluster.outcome(ALL).failures()).isEmpty();

    eventually().until(() -> cluster.closing("marketing") == 0);
    SessionCounts counts = cluster.atRest(0);
    assertThat(counts.live()).isBetween(95L, 105L);
    assertThat(counts.opened()).isEqualTo(cluster.sessions().opened().size());
    assertThat(cluster.sessions().known()).hasSize((int) counts.live());
    assertThat(cluster.sessions().closed()).hasSize((int) counts.closed());
    assertThat(cluster.sessions().closedTwice()).isEmpty();
    cluster.figure(
        "maxSize 100: %,d opened by 4 processes, %d kept at rest, %,d closed once each"
            .formatted(counts.opened(), counts.live(), counts.closed()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"idle=PT1S", "ttl=PT1S"})
  void whatHasEndedIsClosedWithoutTraffic(String limit, Cluster cluster) {
    cluster.start(limit, "grace=PT0S");
    Outcome outcome = cluster.call(ALL, 1, "look", keys("marketing/acme", 20));
    assertThat(outcome.failures()).isEmpty();
    eventually().until(() -> cluster.stored("marketing") == 0 && cluster.closing("marketing") == 0);
    SessionCounts counts = cluster.atRest(0);
    assertThat(counts.live()).isZero();
    assertThat(cluster.sessions().known()).isEmpty();
    assertThat(cluster.sessions().closed()).hasSize((int) counts.opened());
    assertThat(cluster.sessions().closedTwice()).isEmpty();
  }

  @Test
  void evictingATenantReachesAllProcesses(Cluster cluster) {
    cluster.start("grace=PT1S");
    List<String> acme = keys("marketing/acme", 5);
    List<String> globex = keys("marketing/globex", 5);
    Outcome before = cluster.call(ALL, 2, "say", acme);
    Outcome others = cluster.call(ALL, 2, "say", globex);
    assertThat(cluster.process(0).evictTenant("acme")).isEqualTo(5);
    eventually()
        .until(
            () ->
                cluster.call(ALL, 1, "look", acme).allIds().stream()
                    .noneMatch(before.allIds()::contains));
    assertOneIdEach(cluster.call(ALL, 2, "say", acme), 5);
    assertThat(cluster.call(ALL, 2, "say", globex).ids()).isEqualTo(others.ids());
    eventually().until(() -> cluster.sessions().closed().keySet().equals(before.allIds()));
    assertThat(cluster.sessions().closedTwice()).isEmpty();
    assertThat(cluster.sessions().callsOnClosed()).isEmpty();
    assertThat(cluster.atRest(0)).isEqualTo(new SessionCounts(15, 10, 0, 5, 0, 0));
  }
}
