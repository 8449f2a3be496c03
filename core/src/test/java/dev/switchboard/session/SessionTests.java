package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who counts a session's uses: it is closed once, by whoever uses it last, and never in use. */
class SessionTests {

  private static final int THREADS = 4;
  private static final int STEPS = 300;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Session session =
      new Session(SessionKey.of("marketing", "acme"), "id", Token.random(), 0, false);

  @AfterEach
  void stop() {
    threads.shutdownNow();
  }

  @Test
  void aUseMayEndOnAnotherThread() throws Exception {
    session.acquire();
    session.stripe();
    session.acquire();
    threads.submit(session::releaseLast).get();
    assertThat(session.isInUse()).isTrue();

    threads.submit(session::releaseLast).get();

    assertThat(session.isInUse()).isFalse();
    assertThat(session.leave()).isTrue();
  }

  @Test
  void whatLeavesIsClosedByItsLastUse() throws Exception {
    session.acquire();
    session.stripe();
    threads.submit(session::acquire).get();

    assertThat(session.leave()).isFalse();
    assertThat(session.isInUse()).isTrue();
    assertThat(session.acquire()).isTrue();
    assertThat(session.releaseLast()).isFalse();
    assertThat(session.releaseLast()).isFalse();
    assertThat(threads.submit(session::releaseLast).get()).isTrue();
    assertThat(session.acquire()).isFalse();
    assertThat(session.isInUse()).isFalse();
  }

  @Test
  void whatIsLostIsNotClosedAndNotUsedAgain() throws Exception {
    session.stripe();
    threads.submit(session::acquire).get();
    session.lose();

    assertThat(session.acquire()).isFalse();
    assertThat(session.leave()).isFalse();
    session.lose();
    assertThat(session.releaseLast()).isFalse();
    assertThat(session.isInUse()).isFalse();
  }

  /** A store may learn that it is lost when no call that uses it waits for that. */
  @Test
  void whatIsLostAsItsLastUseEndsIsNotClosed() throws Exception {
    Ledger ledger = new Ledger();
    ledger.open(session.key().name());
    for (int i = 0; i < Faults.scaled(20_000); i++) {
      Session lost = new Session(session.key(), "id", Token.random(), 0, false);
      ledger.opened(lost);
      ledger.entered(lost);
      lost.acquire();
      CountDownLatch both = new CountDownLatch(2);
      Future<Boolean> last =
          threads.submit(
              () -> {
                awaitAll(both);
                return lost.releaseLast();
              });
      awaitAll(both);
      ledger.left(lost, true);
      assertThat(last.get()).as("to be closed, at %d", i).isFalse();
    }
  }

  private static void awaitAll(CountDownLatch all) {
    all.countDown();
    while (all.getCount() > 0) {
      Thread.onSpinWait();
    }
  }

  /** Threads begin uses and end those of others, while one lets the session leave. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void theLastUseIsOne(boolean striped) throws Exception {
    for (int seed = 1; seed <= Faults.scaled(500); seed++) {
      Play play = new Play();
      if (striped) {
        play.shared.stripe();
      }
      List<Future<?>> ended = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        SplittableRandom random = new SplittableRandom(31L * seed + i);
        boolean leaves = i == 0;
        ended.add(threads.submit(() -> play.run(random, leaves)));
      }
      for (Future<?> each : ended) {
        each.get();
      }
      play.endAll();
      assertThat(play.closes).as("closes of seed %d", seed).hasValue(1);
      assertThat(play.usedWhenClosed).as("of seed %d", seed).hasValue(0);
      assertThat(play.shared.acquire()).isFalse();
      assertThat(play.shared.isInUse()).isFalse();
    }
  }

  private static final class Play {

    final Session shared =
        new Session(SessionKey.of("marketing", "acme"), "id", Token.random(), 0, false);
    final ConcurrentLinkedQueue<Session> uses = new ConcurrentLinkedQueue<>();
    final AtomicInteger closes = new AtomicInteger();
    final AtomicInteger usedWhenClosed = new AtomicInteger();
    volatile boolean refused;

    void run(SplittableRandom random, boolean leaves) {
      int leavesAt = leaves ? random.nextInt(STEPS) : -1;
      for (int step = 0; step < STEPS; step++) {
        if (step == leavesAt && shared.leave()) {
          closes.incrementAndGet();
        }
        if (random.nextInt(5) < 2) {
          end(uses.poll());
        } else if (shared.acquire()) {
          uses.add(shared);
        } else {
          refused = true;
        }
      }
    }

    private void end(Session used) {
      if (used != null) {
        usedWhenClosed.addAndGet(closes.get() + (refused ? 1 : 0));
        if (used.releaseLast()) {
          closes.incrementAndGet();
        }
      }
    }

    void endAll() {
      while (!uses.isEmpty()) {
        end(uses.poll());
      }
    }
  }
}
