package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import dev.switchboard.LiveObjects;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Eight threads, 100,000 tenants, far fewer sessions; opens and closes that fail and hang, losses,
 * interrupts, and an engine that is stopped and started again in the middle of it.
 */
@Timeout(3600)
class RestartSoakTests {

  private static final int THREADS = 8;
  private static final int TENANTS = 100_000;
  private static final int MAX_SIZE = 500;
  private static final int CALLS = Faults.scaled(100_000) / THREADS;
  private static final int RESTARTS = 3;

  /**
   * A specialist that knows whose each id is and which it has closed, and is often out of order.
   */
  private static final class Moody implements SpecialistConnector {

    final Map<String, String> tenants = new ConcurrentHashMap<>();
    final AtomicLong opened = new AtomicLong();
    final AtomicLong closed = new AtomicLong();
    final AtomicLong wrong = new AtomicLong();
    private final CountDownLatch never = new CountDownLatch(1);

    private static boolean oneIn(int chances) {
      return ThreadLocalRandom.current().nextInt(chances) == 0;
    }

    private void hang() throws InterruptedException {
      assertThat(never.await(60, TimeUnit.MILLISECONDS)).isFalse();
    }

    @Override
    public String open(SessionKey key) throws Exception {
      if (oneIn(2_000)) {
        hang();
      }
      if (oneIn(50)) {
        throw new IOException("refused");
      }
      String id = "id-" + opened.incrementAndGet();
      tenants.put(id, String.valueOf(key.tenant()));
      return id;
    }

    @Override
    public void close(SessionKey key, String id) throws Exception {
      if (oneIn(20_000)) {
        hang();
      }
      if (oneIn(20_000)) {
        throw new IOException("cannot close now");
      }
      if (tenants.remove(id) == null) {
        wrong.incrementAndGet(); // closed twice, or a lost one
      }
      closed.incrementAndGet();
    }

    String ask(SessionContext session) {
      String owner = tenants.get(session.id());
      if (owner == null || !owner.equals(session.key().tenant())) {
        wrong.incrementAndGet(); // closed, or another tenant's
      }
      if (oneIn(100)) {
        throw new SessionLostException("forgotten");
      }
      return session.id();
    }
  }

  private final Moody specialist = new Moody();
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("crm", specialist)
          .settings(
              SessionSettings.builder()
                  .openTimeout(Duration.ofMillis(20))
                  .defaults(
                      new SpecialistSettings(
                          Duration.ofSeconds(10), Duration.ofSeconds(2), MAX_SIZE))
                  .build())
          .build();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong refused = new AtomicLong();
  private final AtomicReference<Throwable> unexpected = new AtomicReference<>();

  @Test
  void theLedgerBalancesThroughRestarts() throws Exception {
    long seed = new Random().nextLong();
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      long own = seed + i;
      callers.add(new Thread(() -> callMany(new SplittableRandom(own), callers)));
    }
    callers.forEach(Thread::start);
    LiveObjects early = LiveObjects.count();
    for (int i = 1; i <= RESTARTS; i++) {
      while (answered.get() + failed.get() < (long) i * CALLS * THREADS / (RESTARTS + 1)) {
        Thread.onSpinWait();
      }
      early = i == 1 ? LiveObjects.count() : early;
      sessions.stop();
      Engine.assertBalanced(sessions.snapshot().total());
      sessions.start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    LiveObjects late = LiveObjects.count();
    sessions.close();

    SessionCounts counts = sessions.snapshot().total();
    System.out.printf(
        "Soak through %d restarts, seed %d: %,d answered, %,d failed, %,d refused, %s, %+,d objects%n",
        RESTARTS,
        seed,
        answered.get(),
        failed.get(),
        refused.get(),
        counts,
        late.ours() - early.ours());
    assertThat(unexpected.get()).isNull();
    Engine.assertBalanced(counts);
    assertThat(counts.live() + counts.draining()).isZero();
    assertThat(counts.opened()).isEqualTo(specialist.opened.get());
    assertThat(specialist.wrong)
        .as("calls on closed ids, answers of other tenants, closes of what was closed")
        .hasValue(0);
    // The ids that the specialist remembers grow, as it never forgets a lost one.
    assertThat(late.ours() - early.ours()).as("objects left").isLessThan(5L * MAX_SIZE);
    assertThat(refused.get()).isPositive();
    assertThat(answered.get()).isGreaterThan((long) CALLS * THREADS / 2);
  }

  private void callMany(SplittableRandom random, List<Thread> callers) {
    SessionPolicy exclusive = new SessionPolicy(true, List.of());
    for (int i = 0; i < CALLS; i++) {
      // Zipf's law, by the inverse of its distribution function.
      int tenant = (int) Math.pow(TENANTS, random.nextDouble());
      SessionKey key = SessionKey.of("crm", "t" + tenant);
      try {
        sessions.call(
            key,
            random.nextInt(10) == 0 ? exclusive : SessionPolicy.DEFAULT,
            session -> specialist.ask(session) + specialist.ask(session));
        answered.incrementAndGet();
      } catch (CallRefusedException stopped) {
        refused.incrementAndGet();
        i--; // and again once it has been started
        while (!sessions.isRunning() && !Thread.currentThread().isInterrupted()) {
          Thread.onSpinWait();
        }
      } catch (SessionOpenException | SessionLostException e) {
        failed.incrementAndGet();
      } catch (Throwable e) {
        unexpected.set(e);
        failed.incrementAndGet();
      }
      boolean wasInterrupted = Thread.interrupted();
      if (!wasInterrupted && random.nextInt(1_000) == 0) {
        callers.get(random.nextInt(THREADS)).interrupt();
      }
      if (i % 50 == 0) {
        SessionCounts counts = sessions.snapshot().total();
        Engine.assertBalanced(counts);
        if (counts.live() > MAX_SIZE) {
          unexpected.set(new AssertionError("too many: " + counts));
        }
      }
      if (random.nextInt(500) == 0) {
        sessions.evictTenant("t" + tenant);
      }
    }
  }
}
