package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.PropagatingTaskDecorator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Nested calls that go on when the call is over whose session they have joined. */
class OutlivingCallTests {

  /** Leaves ids to the first reply. */
  private static final class Learner implements SpecialistConnector {
    private final List<String> closed = new ArrayList<>();

    @Override
    public @Nullable String open(SessionKey key) {
      return null;
    }

    @Override
    public void close(SessionKey key, String id) {
      closed.add(id);
    }
  }

  private static CompletableFuture<String> join(
      SpecialistSessions sessions, CompletableFuture<String> reply) {
    return sessions.callAsync(ACME, SessionPolicy.DEFAULT, session -> reply);
  }

  @Test
  void sessionLearnedAfterwardsStaysOpenForIt() {
    Learner learner = new Learner();
    try (Engine engine = new Engine(learner, settings -> settings)) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> nested =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                CompletableFuture<String> joined = join(engine.sessions, reply);
                session.bind("named");
                session.bind("renamed");
                return joined;
              });

      assertThat(engine.sessions.evict(ACME)).isTrue();
      engine.runCloses();
      assertThat(learner.closed).containsExactly("named");
      reply.complete("done");
      assertThat(nested.join()).isEqualTo("done");
      engine.runCloses();
      assertThat(learner.closed).containsExactly("named", "renamed");
      assertBalanced(engine.counts());
    }
  }

  @Test
  void idleTimeBeginsWithItsEnd() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofMinutes(10)))) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> nested =
          engine.sessions.call(
              ACME, SessionPolicy.DEFAULT, session -> join(engine.sessions, reply));
      engine.scheduler.advance(Duration.ofMinutes(9));
      reply.complete("done");
      assertThat(nested.join()).isEqualTo("done");
      engine.scheduler.advance(Duration.ofMinutes(9));
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
      engine.scheduler.advance(Duration.ofMinutes(11));
      assertThat(engine.counts().live()).isZero();
    }
  }

  @Test
  void sessionStaysOpenForOneThatBlocksAnotherThread() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Engine engine = new Engine()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch over = new CountDownLatch(1);
      Future<String> nested =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                Future<String> joined = joinOn(pool, engine, begun, over);
                begun.await();
                return joined;
              });

      engine.sessions.evict(ACME);
      engine.runCloses();
      assertThat(engine.specialist.closed).isEmpty();
      over.countDown();
      assertThat(nested.get()).isEqualTo("id-1:hi");
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-1");
      assertBalanced(engine.counts());
    } finally {
      pool.shutdown();
    }
  }

  @Test
  void lossFoundByOneThatBlocksAnotherThreadIsRecoveredOnce() throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    try (Engine engine = new Engine()) {
      CountDownLatch begun = new CountDownLatch(1);
      CountDownLatch over = new CountDownLatch(1);
      Future<String> nested =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                Future<String> joined = joinOn(pool, engine, begun, over);
                begun.await();
                return joined;
              });

      engine.specialist.forgetAll();
      over.countDown();
      assertThat(nested.get()).isEqualTo("id-2:hi");
      assertThat(engine.idOf(ACME)).isEqualTo("id-2");
      assertThat(engine.sessions.evict(ACME)).isTrue();
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-2");
      assertThat(engine.counts().draining()).isZero();
      assertBalanced(engine.counts());
    } finally {
      pool.shutdown();
    }
  }

  private static Future<String> joinOn(
      ExecutorService pool, Engine engine, CountDownLatch begun, CountDownLatch over) {
    FutureTask<String> task =
        new FutureTask<>(
            () ->
                engine.sessions.call(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> {
                      begun.countDown();
                      over.await();
                      return engine.specialist.ask(session, "hi");
                    }));
    PropagatingTaskDecorator.of(pool).execute(task);
    return task;
  }
}
