package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** However many callers ask for a cold key at once, its session is opened once. */
@Timeout(120)
class SessionOpeningTests {

  private static final int CROWD = 200;

  @Test
  void aCrowdOnOneColdKeyOpensOnceAndSeesOneId() {
    for (int round = 0; round < 20; round++) {
      try (Engine engine = new Engine()) {
        List<Crowd.Outcome<String>> outcomes = Crowd.run(CROWD, () -> engine.ask(ACME));
        assertThat(outcomes).allSatisfy(each -> assertThat(each.result()).isEqualTo("id-1:hi"));
        assertThat(engine.specialist.opened).hasValue(1);
      }
    }
  }

  @Test
  void aFailedOpeningIsSharedByTheWholeCrowdAndNotKept() {
    CountDownLatch waiting = new CountDownLatch(1);
    AtomicInteger opened = new AtomicInteger();
    IOException down = new IOException("down");
    SpecialistConnector failing =
        key -> {
          if (opened.incrementAndGet() == 1) {
            waiting.await();
            throw down;
          }
          return "id";
        };
    try (Engine engine = new Engine(failing, settings -> settings)) {
      List<FutureTask<Throwable>> crowd = crowdOf(64, () -> engine.idOf(ACME), waiting);
      List<Throwable> failures = crowd.stream().map(Crowd::get).toList();

      assertThat(opened).hasValue(1);
      assertThat(Set.copyOf(failures)).hasSameSizeAs(crowd);
      assertThat(failures)
          .allSatisfy(
              failure ->
                  assertThat(failure)
                      .isInstanceOf(SessionOpenException.class)
                      .hasMessage(
                          "No session of specialist 'marketing': the connector failed with"
                              + " IOException")
                      .hasCause(down));
      assertThat(engine.idOf(ACME)).isEqualTo("id");
      assertThat(opened).hasValue(2);
    }
  }

  @Test
  void anErrorOfTheConnectorStaysItself() {
    CountDownLatch waiting = new CountDownLatch(1);
    StackOverflowError error = new StackOverflowError();
    SpecialistConnector failing =
        key -> {
          waiting.await();
          throw error;
        };
    try (Engine engine = new Engine(failing, settings -> settings)) {
      List<FutureTask<Throwable>> crowd = crowdOf(8, () -> engine.idOf(ACME), waiting);
      assertThat(crowd).allSatisfy(each -> assertThat(Crowd.get(each)).isSameAs(error));
    }
  }

  @Test
  void anErrorStaysItselfOnAnInterruptedThreadToo() {
    AssertionError error = new AssertionError("broken");
    SpecialistConnector failing =
        key -> {
          Thread.currentThread().interrupt();
          throw error;
        };
    try (Engine engine = new Engine(failing, settings -> settings)) {
      assertThatThrownBy(() -> engine.idOf(ACME)).isSameAs(error);
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  /** Starts a crowd on one key and lets the opening go on once all others wait for it. */
  private static List<FutureTask<Throwable>> crowdOf(
      int size, java.util.concurrent.Callable<?> call, CountDownLatch opening) {
    Threads threads = new Threads();
    List<FutureTask<Throwable>> crowd = threads.start(size, call);
    threads.awaitAllWaiting();
    opening.countDown();
    return crowd;
  }

  @Test
  void differentKeysOpenInParallel() {
    int keys = 64;
    CyclicBarrier allOpening = new CyclicBarrier(keys);
    SpecialistConnector parallel =
        key -> {
          allOpening.await();
          return "id-of-" + key.tenant();
        };
    try (Engine engine = new Engine(parallel, settings -> settings)) {
      AtomicInteger tenant = new AtomicInteger();
      Set<String> ids =
          Crowd.run(
                  keys,
                  () -> engine.idOf(SessionKey.of("marketing", "t" + tenant.incrementAndGet())))
              .stream()
              .map(Crowd.Outcome::result)
              .filter(Objects::nonNull)
              .collect(Collectors.toSet());
      assertThat(ids).hasSize(keys);
    }
  }

  @Test
  void aHungOpeningIsAbandonedAndTheNextCallerOpens() {
    CountDownLatch hung = new CountDownLatch(1);
    CountDownLatch opening = new CountDownLatch(1);
    AtomicInteger opened = new AtomicInteger();
    ForgetfulSpecialist closing = new ForgetfulSpecialist();
    SpecialistConnector hanging =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) throws Exception {
            int number = opened.incrementAndGet();
            if (number == 1) {
              opening.countDown();
              hung.await();
            }
            return "id-" + number;
          }

          @Override
          public void close(SessionKey key, String id) {
            closing.closed.add(id);
          }
        };
    try (Engine engine =
        new Engine(hanging, settings -> settings.openTimeout(Duration.ofSeconds(30)))) {
      Threads threads = new Threads();
      List<FutureTask<Throwable>> leader = threads.start(1, () -> engine.idOf(ACME));
      await(opening);
      List<FutureTask<Throwable>> waiter = threads.start(1, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      engine.ticker.advance(Duration.ofSeconds(30));

      assertThat(engine.idOf(ACME)).as("the next caller opens").isEqualTo("id-2");
      assertThat(Crowd.get(waiter.get(0)))
          .isInstanceOf(SessionOpenException.class)
          .hasMessage(
              "No session of specialist 'marketing': its opening took longer than open-timeout");

      hung.countDown();
      assertThat(Crowd.get(leader.get(0)))
          .isInstanceOf(SessionOpenException.class)
          .hasMessageContaining("open-timeout");
      engine.runCloses();
      assertThat(closing.closed).containsExactly("id-1");
      assertThat(engine.idOf(ACME)).isEqualTo("id-2");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 1, 0, 0));
    }
  }

  @Test
  void anInterruptEndsOnlyTheWaiter() {
    CountDownLatch opening = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.await();
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings)) {
      Threads threads = new Threads();
      List<FutureTask<Throwable>> leader = threads.start(1, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      Threads interrupted = new Threads();
      List<FutureTask<Throwable>> waiter =
          interrupted.start(
              1,
              () -> {
                try {
                  return engine.idOf(ACME);
                } finally {
                  assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
                }
              });
      interrupted.awaitAllWaiting();
      interrupted.interrupt();
      assertThat(Crowd.get(waiter.get(0)))
          .isInstanceOf(SessionOpenException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      opening.countDown();
      assertThat(Crowd.get(leader.get(0))).isNull();
    }
  }

  @Test
  void anInterruptedLeaderLeavesTheLeadToTheNextWaiter() {
    AtomicInteger opened = new AtomicInteger();
    SpecialistConnector slow =
        key -> {
          if (opened.incrementAndGet() == 1) {
            new CountDownLatch(1).await();
          }
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings)) {
      Threads leading = new Threads();
      List<FutureTask<Throwable>> leader = leading.start(1, () -> engine.idOf(ACME));
      leading.awaitAllWaiting();
      Threads waiting = new Threads();
      List<FutureTask<Throwable>> waiters = waiting.start(8, () -> engine.idOf(ACME));
      waiting.awaitAllWaiting();
      leading.interrupt();
      assertThat(Crowd.get(leader.get(0)))
          .isInstanceOf(SessionOpenException.class)
          .hasCauseInstanceOf(InterruptedException.class);
      assertThat(waiters).allSatisfy(each -> assertThat(Crowd.get(each)).isNull());
      assertThat(opened).hasValue(2);
    }
  }

  @Test
  void anOpeningThatFailsBecauseItsThreadIsInterruptedIsNotTheWaiters() {
    for (boolean wrapped : new boolean[] {false, true}) {
      CountDownLatch waiting = new CountDownLatch(1);
      AtomicInteger opened = new AtomicInteger();
      SpecialistConnector interrupted =
          key -> {
            if (opened.incrementAndGet() == 1) {
              waiting.await();
              if (wrapped) {
                Thread.currentThread().interrupt();
                throw new IOException("wrapped");
              }
              throw new InterruptedException("by a client that clears the flag");
            }
            return "id";
          };
      try (Engine engine = new Engine(interrupted, settings -> settings)) {
        Threads leading = new Threads();
        List<Boolean> kept = new CopyOnWriteArrayList<>();
        List<FutureTask<Throwable>> leader =
            leading.start(
                1,
                () -> {
                  try {
                    return engine.idOf(ACME);
                  } finally {
                    kept.add(Thread.interrupted());
                  }
                });
        while (opened.get() == 0) {
          Thread.onSpinWait();
        }
        Threads joining = new Threads();
        List<FutureTask<Throwable>> waiters = joining.start(4, () -> engine.idOf(ACME));
        joining.awaitAllWaiting();
        waiting.countDown();
        assertThat(Crowd.get(leader.get(0))).hasMessageContaining("the opening was interrupted");
        assertThat(kept).containsExactly(true);
        assertThat(waiters).allSatisfy(each -> assertThat(Crowd.get(each)).isNull());
      }
    }
  }

  @Test
  void theWaitIsBoundedByTheDeadlineOfTheCall() {
    CountDownLatch opening = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.await();
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings)) {
      Threads threads = new Threads();
      List<FutureTask<Throwable>> leader = threads.start(1, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      Invocation.bind(ThreadBindings.thread(), new Invocation(null, engine.ticker, 0, null, null));
      try {
        assertThatThrownBy(() -> engine.idOf(ACME))
            .isInstanceOf(SessionOpenException.class)
            .hasMessageContaining("the time of the call ran out");
      } finally {
        Invocation.bind(ThreadBindings.thread(), null);
      }
      opening.countDown();
      assertThat(Crowd.get(leader.get(0))).isNull();
    }
  }

  @Test
  void anOpenThatNeedsItsOwnKeyFailsAtOnce() {
    AtomicReference<Engine> running = new AtomicReference<>();
    SpecialistConnector recursive = key -> Objects.requireNonNull(running.get()).idOf(key);
    try (Engine engine = new Engine(recursive, settings -> settings)) {
      running.set(engine);
      assertThatThrownBy(() -> engine.idOf(ACME))
          .isInstanceOf(SessionOpenException.class)
          .cause()
          .hasMessageContaining("the connector's open needs the very session that it opens");
    }
  }

  @Test
  void idsThatCannotBeOnesAreRefusedWithoutBeingPrintedAndNothingIsStored() {
    AtomicReference<String> id = new AtomicReference<>();
    AtomicInteger opened = new AtomicInteger();
    SpecialistConnector odd =
        key -> {
          opened.incrementAndGet();
          return id.get();
        };
    try (Engine engine = new Engine(odd, settings -> settings)) {
      for (String bad :
          List.of("", " ", "s3cret\r\nHeader: x", "s3cret".repeat(1000), "ü".repeat(2049))) {
        id.set(bad);
        assertThatThrownBy(() -> engine.idOf(ACME))
            .isInstanceOf(SessionOpenException.class)
            .hasMessageNotContaining("s3cret")
            .cause()
            .hasMessageStartingWith("a session id of specialist 'marketing' must")
            .hasMessageNotContaining("s3cret");
      }
      assertThat(opened).hasValue(5);
      assertThat(engine.counts().opened()).isZero();
      id.set("ü".repeat(2048));
      assertThat(engine.idOf(ACME)).hasSize(2048);
    }
  }

  @Test
  void evictingATenantVoidsItsOpeningsInFlight() {
    CountDownLatch opening = new CountDownLatch(1);
    ForgetfulSpecialist closing = new ForgetfulSpecialist();
    SpecialistConnector slow =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) throws Exception {
            opening.await();
            return "late";
          }

          @Override
          public void close(SessionKey key, String id) {
            closing.closed.add(id);
          }
        };
    try (Engine engine = new Engine(slow, settings -> settings)) {
      Threads threads = new Threads();
      List<FutureTask<Throwable>> crowd = threads.start(3, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      assertThat(engine.sessions.evictTenant("acme")).isZero();
      opening.countDown();
      assertThat(crowd)
          .allSatisfy(
              each ->
                  assertThat(Crowd.get(each))
                      .isInstanceOf(SessionOpenException.class)
                      .hasMessageContaining("the tenant was evicted meanwhile"));
      engine.runCloses();
      assertThat(closing.closed).containsExactly("late");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
    }
  }

  @Test
  void evictingASpecialistLetsItsSessionsLeaveAndVoidsItsOpeningsInFlight() {
    CountDownLatch opening = new CountDownLatch(1);
    SpecialistConnector slowForAcme =
        key -> {
          if ("acme".equals(key.tenant())) {
            opening.await();
          }
          return "id";
        };
    try (Engine engine = new Engine(slowForAcme, settings -> settings)) {
      SessionKey desk = SessionKey.of("storefront", "acme");
      engine.idOf(GLOBEX);
      engine.idOf(desk);
      Threads threads = new Threads();
      List<FutureTask<Throwable>> crowd = threads.start(3, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      assertThat(engine.sessions.evictSpecialist("mar-keting")).isEqualTo(1);
      opening.countDown();
      assertThat(crowd)
          .allSatisfy(
              each ->
                  assertThat(Crowd.get(each))
                      .hasMessageContaining("the specialist was evicted meanwhile"));
      engine.runCloses();
      assertThat(engine.counts()).isEqualTo(new SessionCounts(3, 1, 0, 2, 0, 0));
      assertThat(engine.sessions.evict(desk)).isTrue();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
