package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Three engines, a specialist, and a Redis behind a proxy that goes away under load. */
final class OutageScene implements AutoCloseable {

  private static final int CALLS = 500;
  private static final List<SessionKey> KNOWN = keys("known", 20);
  private static final SessionKey ASKED_WHILE_DOWN = Instance.key("new");
  private static final List<SessionKey> ALL =
      Stream.of(KNOWN, keys("unknown", 20), List.of(ASKED_WHILE_DOWN))
          .flatMap(List::stream)
          .toList();

  final RedisServerProcess server;
  final TcpProxy proxy;
  private final MemorySpecialist specialist = new MemorySpecialist();
  private final List<Instance> instances = new ArrayList<>();
  private final StoredContent content;

  /** Something that is done to the server. */
  interface Event {
    void happen() throws IOException;
  }

  /** The time in which 99 of 100 calls ended, before and while, and until all was shared again. */
  record Figures(double healthyMillis, double downMillis, long recoveryMillis) {

    @Override
    public String toString() {
      return "p99 of a call %6.1f ms healthy, %6.1f ms down; shared again after %4d ms"
          .formatted(healthyMillis, downMillis, recoveryMillis);
    }
  }

  OutageScene(String... config) {
    server = RedisServerProcess.start(config);
    proxy = TcpProxy.to(server);
    content = new StoredContent(server);
    for (int i = 0; i < 3; i++) {
      instances.add(Instance.start(proxy.port(), specialist));
    }
    awaitShared(true);
    askEverybodyFor(KNOWN);
    // Only the first to call tells that a session has been used.
    await().until(() -> proxy.scripts().getOrDefault(Script.TOUCH, 0) >= KNOWN.size());
  }

  private static List<SessionKey> keys(String tenant, int number) {
    return IntStream.range(0, number).mapToObj(i -> Instance.key(tenant, "" + i)).toList();
  }

  @Override
  public void close() {
    instances.forEach(Instance::close);
    proxy.close();
    server.close();
  }

  private void awaitShared(boolean shared) {
    await()
        .pollInterval(5, TimeUnit.MILLISECONDS)
        .atMost(Duration.ofSeconds(30))
        .until(() -> instances.stream().allMatch(instance -> instance.isShared() == shared));
  }

  private void askEverybodyFor(List<SessionKey> keys) {
    instances.forEach(instance -> keys.forEach(instance::ask));
  }

  /** Plays an outage under load, from which the breakers open. */
  Figures goOnWithout(Event begin, Event end) throws IOException {
    Set<String> known = content.ids();
    try (Load load = new Load(instances, KNOWN)) {
      await().until(() -> load.calls() > CALLS);
      double healthy = load.p99();
      begin.happen();
      load.call(ALL.subList(0, ALL.size() - 1));
      awaitShared(false);
      load.p99();
      instances.forEach(
          instance -> KNOWN.forEach(key -> assertThat(known).contains(instance.ask(key))));
      await().until(() -> load.calls() > CALLS);
      everybodyHasLocalOne();
      double down = load.p99();
      end.happen();
      long began = System.nanoTime();
      awaitShared(true);
      long recovery = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - began);
      assertThat(load.end()).isEmpty();
      return new Figures(healthy, down, recovery);
    }
  }

  /** Nothing is sent for callers meanwhile, but leases asked for before may still be given back. */
  private void everybodyHasLocalOne() {
    proxy.forgetCommands();
    Set<String> ids = new HashSet<>();
    for (Instance instance : instances) {
      String id = instance.ask(ASKED_WHILE_DOWN);
      assertThat(instance.ask(ASKED_WHILE_DOWN)).isEqualTo(id);
      ids.add(id);
    }
    assertThat(ids).hasSize(instances.size());
    assertThat(proxy.scripts().keySet()).isSubsetOf(Script.PROBE, Script.FAIL);
  }

  /** Plays something under load that passes so soon that no breaker need open. */
  void goOnAfter(Event disturbance) throws IOException {
    try (Load load = new Load(instances, KNOWN)) {
      await().until(() -> load.calls() > CALLS);
      load.call(ALL);
      disturbance.happen();
      load.p99();
      await().until(() -> load.calls() > CALLS);
      awaitShared(true);
      assertThat(load.end()).isEmpty();
    }
  }

  /** All ids that the specialist has given so far. */
  Set<String> opened() {
    return Set.copyOf(specialist.sessions().opened());
  }

  /**
   * For every key all have one session, which Redis has; whatever else was opened has been closed.
   *
   * @param maybeOrphans what may be open though Redis does not know it, as it has lost its data
   */
  void assertSharedAndBalanced(Set<String> maybeOrphans) {
    await()
        .atMost(Duration.ofSeconds(15))
        .untilAsserted(
            () -> {
              askEverybodyFor(ALL);
              for (SessionKey key : ALL) {
                assertThat(instances.stream().map(instance -> instance.ask(key)).distinct())
                    .hasSize(1);
              }
              // What is due is closed within a second; no need to wait for that.
              for (Instance instance : instances) {
                var unused = instance.store.maintain();
              }
              Set<String> stored = content.ids();
              assertThat(stored).hasSize(ALL.size());
              assertThat(content.closing()).isZero();
              Set<String> orphans = new HashSet<>(specialist.sessions().known());
              assertThat(orphans).containsAll(stored);
              orphans.removeAll(stored);
              assertThat(maybeOrphans).containsAll(orphans);
              long opened = specialist.sessions().opened().size();
              long live = (long) stored.size() + orphans.size();
              assertThat(sum()).isEqualTo(new SessionCounts(opened, live, 0, opened - live, 0, 0));
            });
    assertThat(specialist.sessions().closedTwice()).isEmpty();
    assertThat(specialist.sessions().callsOnOthers()).isEmpty();
  }

  private SessionCounts sum() {
    return instances.stream().map(Instance::counts).reduce(Instance::sum).orElseThrow();
  }
}
