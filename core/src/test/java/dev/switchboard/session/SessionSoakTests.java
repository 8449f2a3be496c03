package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A million calls with losses, failing openings and closes: what must always hold. */
@Timeout(300)
class SessionSoakTests {

  private static final long SEED = 20_260_101;
  private static final int THREADS = 8;
  private static final int CALLS = 1_000_000;
  private static final int TENANTS = 50_000;
  private static final int MAX_SIZE = 1_000;

  /** A specialist that knows what each id may be used for. */
  private static final class Watchful implements SpecialistConnector {

    private enum Place {
      OPEN,
      FORGOTTEN,
      CLOSED
    }

    private record Conversation(SessionKey key, Place place) {}

    final AtomicLong ids = new AtomicLong();
    final AtomicLong wrongTenant = new AtomicLong();
    final AtomicLong onClosed = new AtomicLong();
    final AtomicLong closedTwice = new AtomicLong();
    final AtomicLong closed = new AtomicLong();
    private final Map<String, Conversation> conversations = new ConcurrentHashMap<>();
    private final SplittableRandom faults;

    Watchful(long seed) {
      faults = new SplittableRandom(seed);
    }

    private synchronized boolean oneIn(int chances) {
      return faults.nextInt(chances) == 0;
    }

    @Override
    public String open(SessionKey key) throws Exception {
      if (oneIn(50)) {
        throw new IOException("refused");
      }
      String id = "id-" + ids.incrementAndGet();
      conversations.put(id, new Conversation(key, Place.OPEN));
      return id;
    }

    @Override
    public void close(SessionKey key, String id) throws Exception {
      if (oneIn(5_000)) {
        throw new IOException("cannot close now");
      }
      Conversation before = conversations.put(id, new Conversation(key, Place.CLOSED));
      if (before == null || before.place() == Place.CLOSED) {
        closedTwice.incrementAndGet();
      }
      closed.incrementAndGet();
    }

    String ask(SessionContext session) {
      Conversation conversation = conversations.get(session.id());
      if (conversation == null || !conversation.key().equals(session.key())) {
        wrongTenant.incrementAndGet();
        return "wrong";
      }
      if (conversation.place() == Place.CLOSED) {
        onClosed.incrementAndGet();
      }
      if (conversation.place() == Place.FORGOTTEN || oneIn(100)) {
        conversations.put(session.id(), new Conversation(session.key(), Place.FORGOTTEN));
        throw new SessionLostException("forgotten");
      }
      return "ok";
    }
  }

  @Test
  void theLedgerBalancesAtEveryLook() throws Exception {
    FakeTicker ticker = new FakeTicker();
    Watchful specialist = new Watchful(SEED);
    SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("crm", specialist)
            .settings(
                SessionSettings.builder()
                    .defaults(
                        new SpecialistSettings(
                            Duration.ofSeconds(20), Duration.ofSeconds(5), MAX_SIZE))
                    .build())
            .ticker(ticker)
            .build();
    AtomicInteger thread = new AtomicInteger();
    List<FutureTask<long[]>> callers =
        java.util.stream.IntStream.range(0, THREADS)
            .mapToObj(
                i ->
                    Crowd.start(
                        () -> callMany(sessions, specialist, ticker, thread.incrementAndGet())))
            .toList();
    long answered = 0;
    long failed = 0;
    for (FutureTask<long[]> caller : callers) {
      long[] outcome = caller.get();
      answered += outcome[0];
      failed += outcome[1];
    }
    sessions.close();

    SessionCounts counts = sessions.snapshot().total();
    System.out.printf(
        "Soak of %,d calls, seed %d: %,d answered, %,d failed, %s%n",
        CALLS, SEED, answered, failed, counts);
    Engine.assertBalanced(counts);
    assertThat(answered + failed).isEqualTo(CALLS);
    assertThat(counts.live()).isZero();
    assertThat(counts.draining()).isZero();
    assertThat(counts.opened()).isEqualTo(specialist.ids.get());
    assertThat(counts.closed()).isEqualTo(specialist.closed.get());
    assertThat(specialist.wrongTenant).hasValue(0);
    assertThat(specialist.onClosed).hasValue(0);
    assertThat(specialist.closedTwice).hasValue(0);
  }

  private static long[] callMany(
      SpecialistSessions sessions, Watchful specialist, FakeTicker ticker, int thread) {
    SplittableRandom random = new SplittableRandom(SEED + thread);
    SessionPolicy exclusive = new SessionPolicy(true, List.of());
    long[] outcome = new long[2];
    for (int i = 0; i < CALLS / THREADS; i++) {
      // Few tenants have much of the traffic, so that there are hits, crowds and surplus.
      int tenant = (int) (TENANTS * Math.pow(random.nextDouble(), 4));
      SessionKey key = SessionKey.of("crm", "t" + tenant);
      try {
        sessions.call(
            key,
            random.nextInt(10) == 0 ? exclusive : SessionPolicy.DEFAULT,
            session -> {
              String answer = specialist.ask(session);
              Thread.onSpinWait();
              return answer + specialist.ask(session);
            });
        outcome[0]++;
      } catch (SessionOpenException | SessionLostException e) {
        outcome[1]++;
      }
      if (i % 50 == 0) {
        SessionCounts counts = sessions.snapshot().total();
        Engine.assertBalanced(counts);
        assertThat(counts.live()).isLessThanOrEqualTo(MAX_SIZE);
      }
      if (random.nextInt(200) == 0) {
        ticker.advance(Duration.ofMillis(random.nextInt(100)));
      } else if (random.nextInt(500) == 0) {
        sessions.evictTenant("t" + tenant);
      }
    }
    return outcome;
  }
}
