package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.PropagatingTaskDecorator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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
    ForgetfulSpecialist specialist =
        new ForgetfulSpecialist() {
          @Override
          public @Nullable String open(SessionKey key) throws Exception {
            String id = super.open(key);
            if ("id-3".equals(id)) {
              opening.countDown();
              go.await();
            }
            return id;
          }
        };
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

  private static FutureTask<String> nested(
      SpecialistSessions sessions, SessionWork<String, Exception> work) {
    return new FutureTask<>(() -> sessions.call(ACME, SessionPolicy.DEFAULT, work));
  }
}
