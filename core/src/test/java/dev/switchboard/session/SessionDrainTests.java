package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.SmartLifecycle;

/** What leaves is closed once, after its last use, and delays nobody. */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class SessionDrainTests {

  private static SessionKey tenant(int number) {
    return SessionKey.of("marketing", "t" + number);
  }

  @Test
  void theSurplusIsClosedAndTheBoundHolds() {
    try (Engine engine = new Engine(Engine.maxSize(2))) {
      for (int i = 1; i <= 5; i++) {
        engine.ask(tenant(i));
        assertThat(engine.counts().live()).isLessThanOrEqualTo(2);
      }
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-1", "id-2", "id-3");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(5, 2, 0, 3, 0, 0));
    }
  }

  @Test
  void whereSessionsHaveEndedMeanwhileNoOtherIsSurplus() {
    UnaryOperator<SessionSettings.Builder> settings =
        builder -> builder.defaults(new SpecialistSettings(null, Duration.ofMinutes(1), 2));
    try (Engine engine = new Engine(settings)) {
      engine.ask(Engine.GLOBEX);
      engine.ticker.advance(Duration.ofSeconds(50));
      String kept = engine.idOf(ACME);
      engine.ticker.advance(Duration.ofSeconds(50));
      engine.ask(SessionKey.of("marketing", "initech"));
      assertThat(engine.idOf(ACME)).isEqualTo(kept);
    }
  }

  @Test
  void fortySessionsInUseAtOnceOfWhichTenAreKept() {
    try (Engine engine = new Engine(Engine.maxSize(10))) {
      CountDownLatch end = new CountDownLatch(1);
      AtomicInteger number = new AtomicInteger();
      Threads threads = new Threads();
      List<FutureTask<@Nullable Throwable>> calls =
          threads.start(
              40,
              () ->
                  engine.sessions.call(
                      tenant(number.incrementAndGet()),
                      SessionPolicy.DEFAULT,
                      session -> {
                        end.await();
                        return engine.specialist.ask(session, "hi");
                      }));
      threads.awaitAllWaiting();
      assertThat(engine.counts()).isEqualTo(new SessionCounts(40, 10, 30, 0, 0, 0));
      engine.runCloses();
      assertThat(engine.specialist.closed).as("none is closed in use").isEmpty();
      end.countDown();
      assertThat(calls).allSatisfy(each -> assertThat(Crowd.get(each)).isNull());
      engine.runCloses();
      assertThat(engine.counts()).isEqualTo(new SessionCounts(40, 10, 0, 30, 0, 0));
    }
  }

  @Test
  void anEvictedSessionIsClosedAfterItsLastUse() {
    try (Engine engine = new Engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            assertThat(engine.sessions.evict(ACME)).isTrue();
            engine.runCloses();
            assertThat(engine.specialist.closed).isEmpty();
            assertThat(engine.counts().draining()).isEqualTo(1);
            return engine.specialist.ask(session, "still served");
          });
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-1");
      assertThat(engine.sessions.evict(ACME)).isFalse();
    }
  }

  @Test
  void evictingWhatWasNeverUsedChangesNothing() {
    try (Engine engine = new Engine()) {
      assertThat(engine.sessions.evict(ACME)).isFalse();
      assertThat(engine.sessions.evictTenant("acme")).isZero();
      assertThat(engine.counts().opened()).isZero();
    }
  }

  @Test
  void aSessionThatIsLostWhileItDrainsIsNotClosed() {
    try (Engine engine = new Engine()) {
      AtomicInteger runs = new AtomicInteger();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            if (runs.incrementAndGet() == 1) {
              engine.sessions.evict(ACME);
              throw new SessionLostException("gone");
            }
            return session.id();
          });
      engine.runCloses();
      assertThat(engine.specialist.closed).isEmpty();
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void aLeavingTenantIsClosedEverywhere() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      engine.ask(SessionKey.of("storefront", "acme", "alice"));
      engine.ask(Engine.GLOBEX);
      assertThat(engine.sessions.evictTenant("acme")).isEqualTo(2);
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactlyInAnyOrder("id-1", "id-2");
      assertThat(engine.sessions.snapshot().specialists())
          .containsEntry("storefront", new SessionCounts(1, 0, 0, 1, 0, 0));
    }
  }

  @Test
  void aFailingCloseIsTriedAgainAndThenCounted() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      engine.specialist.failingCloses.set(2);
      engine.sessions.evict(ACME);
      engine.runCloses();
      assertThat(engine.counts().draining()).isEqualTo(1);
      engine.scheduler.advance(Duration.ofSeconds(4));
      engine.runCloses();
      engine.scheduler.advance(Duration.ofSeconds(4));
      engine.runCloses();
      assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));

      engine.ask(ACME);
      engine.specialist.failingCloses.set(100);
      engine.sessions.evict(ACME);
      for (int i = 0; i < 4; i++) {
        engine.runCloses();
        engine.scheduler.advance(Duration.ofSeconds(15));
      }
      assertThat(engine.specialist.failingCloses).as("a first try and three more").hasValue(96);
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 0, 0, 1, 0, 1));
    }
  }

  static List<Scheduler> refusing() {
    Scheduler broken =
        (executor, command, delay, unit) -> {
          throw new RejectedExecutionException("stopped");
        };
    return List.of(Scheduler.disabledScheduler(), broken);
  }

  @ParameterizedTest
  @MethodSource("refusing")
  void aFailingCloseIsCountedWhereTheSchedulerRefusesItsNextTry(Scheduler refusing) {
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    specialist.failingCloses.set(100);
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", specialist)
            .scheduler(refusing)
            .closeExecutor(Runnable::run)
            .build()) {
      sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      assertThat(sessions.evict(ACME)).isTrue();
      assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
    }
  }

  @Test
  void aSlowCloseDelaysNeitherCallersNorOtherSpecialists() {
    CountDownLatch hung = new CountDownLatch(1);
    CountDownLatch otherClosed = new CountDownLatch(1);
    SpecialistConnector slow =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "slow";
          }

          @Override
          public void close(SessionKey key, String id) throws Exception {
            hung.await();
          }
        };
    SpecialistConnector quick =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "quick";
          }

          @Override
          public void close(SessionKey key, String id) {
            otherClosed.countDown();
          }
        };
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("slow", slow).specialist("quick", quick).build()) {
      for (int i = 0; i < 20; i++) {
        SessionKey key = SessionKey.of("slow", "t" + i);
        sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
        sessions.evict(key);
      }
      SessionKey key = SessionKey.of("quick", "acme");
      sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
      sessions.evict(key);
      assertThat(Crowd.onAnotherThread(() -> await(otherClosed))).isTrue();
      hung.countDown();
    }
  }

  @Test
  void closesKeepNoApplicationFromItsEnd() throws Exception {
    CompletableFuture<Boolean> daemon = new CompletableFuture<>();
    SpecialistConnector connector =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public void close(SessionKey key, String id) {
            daemon.complete(Thread.currentThread().isDaemon());
          }
        };
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("marketing", connector).build()) {
      sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      sessions.evict(ACME);
      assertThat(daemon.get(20, TimeUnit.SECONDS)).isTrue();
    }
  }

  private static boolean await(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return true;
  }

  @Test
  void shutdownClosesEverySessionAndRefusesLaterCalls(CapturedOutput output) {
    Engine engine = new Engine();
    for (int i = 0; i < 10; i++) {
      engine.ask(tenant(i));
    }
    engine.close();
    assertThat(engine.specialist.closed).hasSize(10);
    assertThat(engine.counts()).isEqualTo(new SessionCounts(10, 0, 0, 10, 0, 0));
    assertThatThrownBy(() -> engine.ask(ACME))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("Sessions are closed: the application stops");
    assertThat(output).doesNotContain("Stopped with");
  }

  /** Does not wait for what is open. */
  private static void stopAtOnce(Engine engine) {
    Thread.currentThread().interrupt();
    engine.sessions.stop();
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void whatIsUsedBeyondTheShutdownIsNotClosedAfterItAndIsToldOf(CapturedOutput output) {
    Engine engine = new Engine();
    engine.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          stopAtOnce(engine);
          return engine.specialist.ask(session, "still served");
        });
    engine.runCloses();
    assertThat(engine.specialist.closed).isEmpty();
    assertThat(output).containsOnlyOnce("Stopped with sessions still to be closed: 1");
    assertThat(engine.sessions.isRunning()).isFalse();
    assertThat(Crowd.onAnotherThread(engine::counts))
        .isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
  }

  @Test
  void aCloseThatFailsAtTheEndOfTheShutdownIsNotTriedAgain() {
    Engine[] self = new Engine[1];
    SpecialistConnector failing =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public void close(SessionKey key, String id) {
            stopAtOnce(self[0]);
            throw new IllegalStateException("cannot close");
          }
        };
    Engine engine = new Engine(failing, settings -> settings);
    self[0] = engine;
    engine.idOf(ACME);
    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
  }

  @Test
  void aCloseThatWaitsForItsNextTryIsGivenUpAtTheEndOfTheShutdown() {
    SpecialistConnector failing =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public void close(SessionKey key, String id) {
            throw new IllegalStateException("cannot close");
          }
        };
    Engine engine = new Engine(failing, settings -> settings);
    engine.idOf(ACME);
    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(engine.counts().draining()).isEqualTo(1);
    stopAtOnce(engine);
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
    engine.sessions.start();
    engine.scheduler.advance(Duration.ofMinutes(1));
    engine.runCloses();
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
  }

  @Test
  void openingsInFlightAtShutdownAreFinishedAndClosed() {
    CountDownLatch opening = new CountDownLatch(1);
    List<String> closed = new ArrayList<>();
    SpecialistConnector slow =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) throws Exception {
            opening.await();
            return "late";
          }

          @Override
          public void close(SessionKey key, String id) {
            closed.add(id);
          }
        };
    Engine engine = new Engine(slow, settings -> settings);
    Threads threads = new Threads();
    List<FutureTask<@Nullable Throwable>> caller = threads.start(1, () -> engine.idOf(ACME));
    threads.awaitAllWaiting();
    Threads closer = new Threads();
    FutureTask<@Nullable Throwable> stopped =
        closer
            .start(
                1,
                () -> {
                  engine.sessions.stop();
                  return 0;
                })
            .get(0);
    closer.awaitAllWaiting();
    opening.countDown();
    assertThat(Crowd.get(caller.get(0)))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageContaining("the application stops");
    while (!stopped.isDone()) {
      engine.runCloses();
    }
    assertThat(closed).containsExactly("late");
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void itMayBeStartedAgain() {
    Engine engine = new Engine();
    engine.ask(ACME);
    engine.close();
    engine.sessions.start();
    assertThat(engine.ask(ACME)).isEqualTo("id-2:hi");
    engine.close();
    assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 0, 0, 2, 0, 0));
  }

  @Test
  void itStopsAfterTheWebServerAndBeforeConnectionsAndIsNotPaused() {
    try (Engine engine = new Engine()) {
      int webServerStops = SmartLifecycle.DEFAULT_PHASE - 2048;
      int connectionsStop = 0;
      assertThat(engine.sessions.getPhase()).isBetween(connectionsStop + 1, webServerStops - 1);
      assertThat(engine.sessions.isPauseable()).isFalse();
      assertThat(engine.sessions.isRunning()).isTrue();
    }
  }

  @Test
  void exclusiveCallsRunOneAtATimeInOrderOfArrival() {
    try (Engine engine = new Engine()) {
      SessionPolicy exclusive = new SessionPolicy(true, List.of());
      CountDownLatch first = new CountDownLatch(1);
      AtomicInteger running = new AtomicInteger();
      ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
      List<FutureTask<@Nullable Throwable>> calls = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        int number = i;
        Threads threads = new Threads();
        calls.addAll(
            threads.start(
                1,
                () ->
                    engine.sessions.call(
                        ACME,
                        exclusive,
                        session -> {
                          assertThat(running.incrementAndGet()).isEqualTo(1);
                          try {
                            first.await();
                            order.add(number);
                            if (number == 3) {
                              engine.specialist.forget("id-1");
                            }
                            return engine.specialist.ask(session, "hi");
                          } finally {
                            running.decrementAndGet();
                          }
                        })));
        threads.awaitAllWaiting();
      }
      first.countDown();
      assertThat(calls).filteredOn(each -> Crowd.get(each) != null).isEmpty();
      assertThat(List.copyOf(order)).hasSize(21).startsWith(0, 1, 2, 3, 3, 4).isSorted();
    }
  }

  @Test
  void anExclusiveCallWaitsNoLongerThanAllowedAndLeavesTheQueueInOrder() {
    try (Engine engine = new Engine(settings -> settings.exclusiveWait(Duration.ofMillis(1)))) {
      SessionPolicy exclusive = new SessionPolicy(true, List.of());
      engine.sessions.call(
          ACME,
          exclusive,
          session ->
              Crowd.onAnotherThread(
                  () -> {
                    assertThatThrownBy(
                            () -> engine.sessions.call(ACME, exclusive, SessionContext::id))
                        .isInstanceOf(SessionOpenException.class)
                        .hasMessageContaining("exclusive calls before this one took too long");
                    return 0;
                  }));
      assertThat(engine.sessions.call(ACME, exclusive, SessionContext::id)).isEqualTo("id-1");
    }
  }
}
