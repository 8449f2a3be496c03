package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionPolicy;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls that answer later, in two processes that share their sessions. */
class SharedFutureTests {

  private static final int CALLS = 500;
  private static final int KEYS = 10;

  private final MemorySpecialist specialist = new MemorySpecialist();
  private RedisServerProcess server;
  private List<Instance> instances;

  @BeforeEach
  void start() {
    server = RedisServerProcess.start();
    instances =
        List.of(
            Instance.start(server.port(), specialist, Instance::patient),
            Instance.start(server.port(), specialist, Instance::patient));
  }

  @AfterEach
  void stop() {
    instances.forEach(Instance::close);
    server.close();
  }

  private CompletableFuture<String> ask(Instance instance, int tenant) {
    return instance.sessions.callAsync(
        Instance.key("tenant-" + tenant),
        SessionPolicy.DEFAULT,
        session -> CompletableFuture.supplyAsync(() -> specialist.say(session)));
  }

  /** Calls from both at once, and returns the ids that answered. */
  private Set<String> askAll() throws Exception {
    List<CompletableFuture<String>> asked = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      asked.add(ask(instances.get(i % 2), i / 2 % KEYS));
    }
    Set<String> ids = new HashSet<>();
    for (CompletableFuture<String> one : asked) {
      ids.add(one.get(60, TimeUnit.SECONDS));
    }
    return ids;
  }

  @Test
  void eachKeyIsOpenedOnceAndReopenedOnceWhenLost() throws Exception {
    Hold opening = specialist.holdNext(SpecialistServer.Call.OPEN);
    CompletableFuture<String> one = ask(instances.get(0), 0);
    opening.awaitArrivals(1);
    CompletableFuture<String> another = ask(instances.get(1), 0);
    assertThat(another).isNotDone();
    opening.release();
    String id = one.get(60, TimeUnit.SECONDS);
    assertThat(another.get(60, TimeUnit.SECONDS)).isEqualTo(id);

    Set<String> first = askAll();
    specialist.sessions().forgetAll();
    Set<String> second = askAll();

    assertThat(second).doesNotContainAnyElementsOf(first).hasSameSizeAs(first);
    SessionCounts sum = Instance.sum(instances.get(0).counts(), instances.get(1).counts());
    assertThat(sum.opened()).isEqualTo(first.size() + second.size());
    assertThat(sum.lost()).isEqualTo(first.size());
    assertThat(specialist.sessions().callsOnOthers()).isEmpty();
  }
}
