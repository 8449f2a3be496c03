package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls that have to ask Redis each time, as nobody is told what has left, while sessions are
 * forgotten and evicted: what must hold.
 */
@Timeout(120)
class ConfirmationSoakTests {

  private static final long SEED = 20_260_301;
  private static final int INSTANCES = 3;
  private static final int THREADS = 2;
  private static final int CALLS = 2_000;
  private static final int TENANTS = 20;

  private static final Duration LONG = Duration.ofDays(10_000);
  private static final SessionSettings SETTINGS =
      SessionSettings.builder()
          .defaults(new SpecialistSettings(LONG, LONG, 1_000))
          .openTimeout(LONG)
          .build();

  /** Longer than any call here takes. */
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final MemorySpecialist specialist = new MemorySpecialist();
  private final AtomicLong nanos = new AtomicLong();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  private Instance instance(int port) {
    return Instance.start(
        specialist,
        RedisSessionStore.builder(SkewedRedis.factory(port))
            .closeGrace(GRACE)
            .commandTimeout(Duration.ofMinutes(1))
            .scripts(text -> text.replaceAll("redis.call\\('PUBLISH'.*", ""))
            .ticker(nanos::get),
        SETTINGS);
  }

  @Test
  void nothingIsSharedClosedTwiceOrUsedAfterItsClose() throws InterruptedException {
    try (RedisServerProcess server = RedisServerProcess.start();
        TcpProxy proxy = TcpProxy.to(server)) {
      List<Instance> instances =
          IntStream.range(0, INSTANCES).mapToObj(number -> instance(proxy.port())).toList();
      try {
        callAll(instances);
        assertThat(proxy.commands().get("HGET")).isGreaterThan(INSTANCES * THREADS * CALLS / 2);
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  instances.forEach(instance -> instance.store.maintain().join());
                  return new StoredContent(server).closing() == 0;
                });
        checkAll(instances, new StoredContent(server));
      } finally {
        instances.forEach(Instance::close);
      }
    }
  }

  private void callAll(List<Instance> instances) throws InterruptedException {
    List<Thread> threads = new ArrayList<>();
    for (int number = 0; number < INSTANCES * THREADS; number++) {
      Instance instance = instances.get(number % INSTANCES);
      Random random = new Random(SEED + number);
      Thread thread = new Thread(() -> callMany(instance, random));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void callMany(Instance instance, Random random) {
    for (int call = 0; call < CALLS; call++) {
      SessionKey key = Instance.key("tenant-" + random.nextInt(TENANTS), "" + random.nextInt(2));
      try {
        switch (random.nextInt(40)) {
          case 0 -> specialist.sessions().forget(instance.ask(key));
          case 1 -> instance.sessions.evict(key);
          case 2 -> instance.sessions.evictTenant(String.valueOf(key.tenant()));
          case 3 -> instance.store.maintain().join();
          default -> {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(31));
            instance.ask(key);
          }
        }
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
  }

  /** Whether it comes of what the callers do to each other. */
  private static boolean isOfThese(Throwable failure) {
    return failure instanceof SessionLostException
        || (failure instanceof SessionOpenException
            && String.valueOf(failure.getMessage()).endsWith("evicted meanwhile"));
  }

  private void checkAll(List<Instance> instances, StoredContent content) {
    assertThat(failures).filteredOn(failure -> !isOfThese(failure)).isEmpty();
    SpecialistLedger sessions = specialist.sessions();
    assertThat(sessions.callsOnOthers()).isEmpty();
    assertThat(sessions.callsOnClosed()).isEmpty();
    assertThat(sessions.closedTwice()).isEmpty();
    assertThat(content.ids()).hasSize((int) content.sessions());
    SessionCounts counts =
        instances.stream().map(Instance::counts).reduce(Instance::sum).orElseThrow();
    assertThat(counts.opened()).isEqualTo(sessions.opened().size());
    assertThat(counts.live()).isEqualTo(content.sessions());
    assertThat(counts.unclosed()).isZero();
    System.out.printf(
        "Confirmations: %,d calls, seed %d: %s, %d refused by evictions and losses%n",
        INSTANCES * THREADS * CALLS, SEED, counts, failures.size());
  }
}
