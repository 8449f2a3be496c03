package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.PropagatingTaskDecorator;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Nested exclusive calls that go on when the exclusive call is over that they have joined. */
@Timeout(60)
class OutlivingExclusiveCallTests {

  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private static CompletableFuture<String> next(SpecialistSessions sessions) {
    return sessions.callAsync(
        ACME, EXCLUSIVE, session -> CompletableFuture.completedFuture(session.id()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void nextWaitsForNestedCallThatAnswersLater(boolean outerAnswersLater) throws Exception {
    try (Engine engine = new Engine()) {
      SpecialistSessions sessions = engine.sessions;
      CompletableFuture<String> reply = new CompletableFuture<>();
      List<CompletableFuture<String>> nested = new ArrayList<>();
      SessionWork<CompletableFuture<String>, RuntimeException> begin =
          session -> {
            nested.add(sessions.callAsync(ACME, EXCLUSIVE, inner -> reply));
            return CompletableFuture.completedFuture("begun");
          };
      if (outerAnswersLater) {
        CompletableFuture<String> outer = sessions.callAsync(ACME, EXCLUSIVE, begin);
        assertThat(outer.get(20, TimeUnit.SECONDS)).isEqualTo("begun");
      } else {
        assertThat(sessions.call(ACME, EXCLUSIVE, begin)).isDone();
      }

      CompletableFuture<String> next = next(sessions);
      assertThat(next).isNotDone();
      reply.complete("done");
      assertThat(nested.get(0).get(20, TimeUnit.SECONDS)).isEqualTo("done");
      assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("id-1");
    }
  }

  @Test
  void nextWaitsForNestedCallThatBlocksAnotherThread() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Engine engine = new Engine()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch over = new CountDownLatch(1);
      SessionWork<String, InterruptedException> blocking =
          session -> {
            begun.countDown();
            over.await();
            return session.id();
          };
      FutureTask<String> nested =
          new FutureTask<>(() -> engine.sessions.call(ACME, EXCLUSIVE, blocking));
      engine.sessions.call(
          ACME,
          EXCLUSIVE,
          session -> {
            PropagatingTaskDecorator.of(pool).execute(nested);
            begun.await();
            return "begun";
          });

      CompletableFuture<String> next = next(engine.sessions);
      assertThat(next).isNotDone();
      over.countDown();
      assertThat(nested.get(20, TimeUnit.SECONDS)).isEqualTo("id-1");
      assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("id-1");
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void nextDoesNotWaitForNestedCallThatIsNotExclusive() throws Exception {
    try (Engine engine = new Engine()) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> nested =
          engine.sessions.call(
              ACME,
              EXCLUSIVE,
              session -> engine.sessions.callAsync(ACME, SessionPolicy.DEFAULT, inner -> reply));
      assertThat(next(engine.sessions).get(20, TimeUnit.SECONDS)).isEqualTo("id-1");
      reply.complete("done");
      assertThat(nested).isCompletedWithValue("done");
    }
  }
}
