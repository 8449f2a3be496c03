package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who counts a session's uses: it is closed once, by whoever uses it last, and never in use. */
class SessionTests {

  private static final int THREADS = 2;

  private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);
  private final Session session =
      new Session(SessionKey.of("marketing", "acme"), "id", Token.random(), 0, false);

  @AfterEach
  void stop() {
    threads.shutdownNow();
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
}
