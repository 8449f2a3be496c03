package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import dev.switchboard.session.ForgetfulSpecialist.NotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many openings of one specialist run at once. */
class ConcurrentOpensTests {

  private static final int CALLERS = 200;

  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private final ForgetfulSpecialist specialist = new ForgetfulSpecialist();
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger most = new AtomicInteger();
  private final CountDownLatch go = new CountDownLatch(1);

  private final SpecialistConnector counting =
      new SpecialistConnector() {
        @Override
        public String open(SessionKey key) throws Exception {
          most.accumulateAndGet(running.incrementAndGet(), Math::max);
          try {
            go.await();
            return String.valueOf(specialist.open(key));
          } finally {
            running.decrementAndGet();
          }
        }

        @Override
        public boolean isLost(SessionKey key, String id, Throwable failure) {
          return failure instanceof NotFoundException;
        }
      };

  @AfterEach
  void stop() {
    go.countDown();
    callers.shutdownNow();
  }

  private static SessionKey key(int number) {
    return SessionKey.of("marketing", "tenant-" + number);
  }

  @Test
  void openingsOfASpecialistAreBoundedForCallersOfBothKinds() throws Exception {
    try (Engine engine = new Engine(counting, settings -> settings.maxConcurrentOpens(5))) {
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        SessionKey key = key(i);
        asked.add(
            i % 2 == 0
                ? CompletableFuture.supplyAsync(() -> engine.idOf(key), callers)
                : engine.sessions.callAsync(
                    key,
                    SessionPolicy.DEFAULT,
                    session -> CompletableFuture.completedFuture(session.id())));
      }
      while (running.get() < 5) {
        Thread.onSpinWait();
      }
      // Another specialist's are not held up.
      assertThat(engine.idOf(SessionKey.of("storefront", "acme"))).isNotNull();
      go.countDown();
      for (CompletableFuture<String> one : asked) {
        assertThat(one.get(20, TimeUnit.SECONDS)).isNotNull();
      }
      assertThat(most).hasValue(5);
    }
  }

  @Test
  void specialistThatComesBackIsNotAskedForAllSessionsAtOnce() throws Exception {
    go.countDown();
    try (Engine engine = new Engine(counting, settings -> settings.maxConcurrentOpens(8))) {
      for (int i = 0; i < CALLERS; i++) {
        engine.idOf(key(i));
      }
      specialist.forgetAll();
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < CALLERS; i++) {
        SessionKey key = key(i);
        asked.add(
            CompletableFuture.supplyAsync(
                () ->
                    engine.sessions.call(
                        key, SessionPolicy.DEFAULT, session -> specialist.ask(session, "hi")),
                callers));
      }
      for (CompletableFuture<String> one : asked) {
        assertThat(one.get(20, TimeUnit.SECONDS)).endsWith(":hi");
      }
      assertThat(most.get()).isLessThanOrEqualTo(8);
      assertThat(engine.counts().opened()).isEqualTo(2 * CALLERS);
      assertThat(engine.counts().lost()).isEqualTo(CALLERS);
    }
  }

  @Test
  void waitForAnOpeningIsBoundedByOpenTimeoutAndTheCallsTime() throws Exception {
    try (Engine engine =
        new Engine(
            counting,
            settings -> settings.maxConcurrentOpens(1).openTimeout(Duration.ofMillis(200)))) {
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> engine.idOf(ACME), callers);
      while (running.get() < 1) {
        Thread.onSpinWait();
      }
      Invocation.bind(ThreadBindings.thread(), new Invocation(null, engine.ticker, 0, null, null));
      try {
        assertThatThrownBy(() -> engine.idOf(GLOBEX))
            .isInstanceOf(SessionOpenException.class)
            .hasMessageContaining("ran out before the specialist could be asked");
      } finally {
        Invocation.bind(ThreadBindings.thread(), null);
      }
      CompletableFuture<String> second =
          CompletableFuture.supplyAsync(() -> engine.idOf(GLOBEX), callers);
      while (!second.isDone()) {
        engine.ticker.advance(Duration.ofMillis(50));
        Thread.onSpinWait();
      }
      assertThatThrownBy(second::join)
          .hasCauseInstanceOf(SessionOpenException.class)
          .hasMessageContaining("took longer than open-timeout");
      go.countDown();
      assertThatThrownBy(first::join).hasCauseInstanceOf(SessionOpenException.class);
      assertThat(engine.idOf(GLOBEX)).isNotNull();
    }
  }

  @Test
  void callWhoseTimeRanOutBeforeItCouldOpenLeavesTheLeadToTheNext() throws Exception {
    try (Engine engine = new Engine(counting, settings -> settings.maxConcurrentOpens(1))) {
      CompletableFuture<String> first =
          CompletableFuture.supplyAsync(() -> engine.idOf(ACME), callers);
      while (running.get() < 1) {
        Thread.onSpinWait();
      }
      Invocation.bind(ThreadBindings.thread(), new Invocation(null, engine.ticker, 0, null, null));
      try {
        assertThatThrownBy(() -> engine.idOf(GLOBEX)).isInstanceOf(SessionOpenException.class);
      } finally {
        Invocation.bind(ThreadBindings.thread(), null);
      }
      go.countDown();
      assertThat(first.get(20, TimeUnit.SECONDS)).isNotNull();
      assertThat(
              CompletableFuture.supplyAsync(() -> engine.idOf(GLOBEX), callers)
                  .get(20, TimeUnit.SECONDS))
          .isNotNull();
    }
  }

  @Test
  void openingThatFailsGivesItsPlaceBack() throws Exception {
    go.countDown();
    try (Engine engine = new Engine(counting, settings -> settings.maxConcurrentOpens(1))) {
      specialist.failOpensWith(new IOException("down"));
      assertThatThrownBy(() -> engine.idOf(ACME)).hasCauseInstanceOf(IOException.class);
      specialist.failOpensWith(null);
      assertThat(
              CompletableFuture.supplyAsync(() -> engine.idOf(GLOBEX), callers)
                  .get(20, TimeUnit.SECONDS))
          .isNotNull();
    }
  }
}
