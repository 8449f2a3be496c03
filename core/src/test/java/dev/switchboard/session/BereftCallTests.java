package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.PropagatingTaskDecorator;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Nested calls of one whose session is lost and could not be replaced. */
@Timeout(60)
class BereftCallTests {

  @Test
  void sessionThatSeveralAcquireAtOnceIsClosedAfterItsLastUse() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ForgetfulSpecialist specialist = slowToOpen("id-3", opening, go);
    ExecutorService pool = Executors.newFixedThreadPool(2);
    try (Engine engine = new Engine(specialist, settings -> settings)) {
      SpecialistSessions sessions = engine.sessions;
      SessionWork<String, Exception> ask = session -> specialist.ask(session, "hi");
      CyclicBarrier both = new CyclicBarrier(2);
      sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            specialist.forgetAll();
            specialist.failOpensWith(new IllegalStateException("down"));
            assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, ask))
                .isInstanceOf(SessionOpenException.class);
            specialist.failOpensWith(null);
            SessionWork<String, Exception> together =
                inner -> {
                  both.await(20, TimeUnit.SECONDS);
                  return specialist.ask(inner, "hi");
                };
            FutureTask<String> first = nested(sessions, together);
            PropagatingTaskDecorator.of(pool).execute(first);
            opening.await();
            FutureTask<String> second = nested(sessions, together);
            CompletableFuture<Thread> thread = new CompletableFuture<>();
            PropagatingTaskDecorator.of(pool)
                .execute(
                    () -> {
                      thread.complete(Thread.currentThread());
                      second.run();
                    });
            Thread waiting = thread.get(20, TimeUnit.SECONDS);
            while (LockSupport.getBlocker(waiting) == null) {
              Thread.onSpinWait();
            }
            go.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("id-3:hi");
            assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("id-3:hi");
            return session.id();
          });

      assertThat(sessions.evict(ACME)).isTrue();
      engine.runCloses();
      assertThat(specialist.closed).containsExactly("id-3");
      assertThat(engine.counts().draining()).isZero();
      assertBalanced(engine.counts());
    } finally {
      pool.shutdown();
    }
  }

  /** What a nested call comes to that meets another's reopening, which goes on meanwhile. */
  private static @Nullable Throwable meeting(Duration openTimeout, Consumer<Thread> meanwhile)
      throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ForgetfulSpecialist specialist = slowToOpen("id-2", opening, go);
    try (Engine engine = new Engine(specialist, settings -> settings.openTimeout(openTimeout))) {
      SessionWork<String, Exception> ask = session -> specialist.ask(session, "hi");
      return engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            specialist.forgetAll();
            Executor elsewhere = PropagatingTaskDecorator.of(task -> new Thread(task).start());
            FutureTask<String> first = nested(engine.sessions, ask);
            elsewhere.execute(first);
            opening.await();
            FutureTask<@Nullable Throwable> second =
                new FutureTask<>(
                    () ->
                        catchThrowable(
                            () -> engine.sessions.call(ACME, SessionPolicy.DEFAULT, ask)));
            CompletableFuture<Thread> waiting = new CompletableFuture<>();
            elsewhere.execute(
                () -> {
                  waiting.complete(Thread.currentThread());
                  second.run();
                });
            meanwhile.accept(waiting.get(20, TimeUnit.SECONDS));
            Throwable failure = second.get(20, TimeUnit.SECONDS);
            go.countDown();
            assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("id-2:hi");
            return failure;
          });
    }
  }

  private static ForgetfulSpecialist slowToOpen(
      String slow, CountDownLatch opening, CountDownLatch go) {
    return new ForgetfulSpecialist() {
      @Override
      public @Nullable String open(SessionKey key) throws Exception {
        String id = super.open(key);
        if (slow.equals(id)) {
          opening.countDown();
          go.await();
        }
        return id;
      }
    };
  }

  @Test
  void waitForTheReopeningOfAnotherCallMayBeInterrupted() throws Exception {
    Consumer<Thread> interrupt =
        waiting -> {
          Crowd.awaitWaitingOn(waiting, "ReentrantLock");
          waiting.interrupt();
        };
    assertThat(meeting(Duration.ofSeconds(30), interrupt))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageContaining("the wait for another call to open it was interrupted");
  }

  @Test
  void waitForTheReopeningOfAnotherCallIsNoLongerThanAnOpeningMayTake() throws Exception {
    assertThat(meeting(Duration.ofMillis(1), waiting -> {}))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageContaining("its opening took longer than open-timeout");
  }

  @Test
  void callMayEndWhileTheOneAroundItReopensItsSession() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    ForgetfulSpecialist specialist = slowToOpen("id-2", opening, go);
    CompletableFuture<String> reply = new CompletableFuture<>();
    try (Engine engine = new Engine(specialist, settings -> settings)) {
      FutureTask<String> asked =
          Crowd.start(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        if (session.isFresh() && !reply.isDone()) {
                          var unused =
                              engine.sessions.callAsync(
                                  ACME, SessionPolicy.DEFAULT, inner -> reply);
                          specialist.forgetAll();
                        }
                        return specialist.ask(session, "hi");
                      }));
      opening.await();
      assertThat(Crowd.onAnotherThread(() -> reply.complete("done"))).isTrue();
      go.countDown();
      assertThat(Crowd.get(asked)).isEqualTo("id-2:hi");
      assertBalanced(engine.counts());
      assertThat(engine.counts().lost()).isOne();
    }
  }

  private static FutureTask<String> nested(
      SpecialistSessions sessions, SessionWork<String, Exception> work) {
    return new FutureTask<>(() -> sessions.call(ACME, SessionPolicy.DEFAULT, work));
  }
}
