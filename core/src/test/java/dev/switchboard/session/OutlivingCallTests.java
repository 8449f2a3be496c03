package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvocationObserver;
import dev.switchboard.PropagatingTaskDecorator;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
  void whereItLearnsNoIdAnewTheNextCallLeads() throws Exception {
    try (Engine engine = new Engine(new Learner(), settings -> settings)) {
      CompletableFuture<String> first = new CompletableFuture<>();
      AtomicInteger runs = new AtomicInteger();
      CompletableFuture<String> nested =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                session.bind("named");
                return engine.sessions.callAsync(
                    ACME,
                    SessionPolicy.DEFAULT,
                    inner ->
                        runs.incrementAndGet() == 1
                            ? first
                            : CompletableFuture.completedFuture("unbound"));
              });
      first.completeExceptionally(new SessionLostException("gone"));
      assertThat(nested.get(20, TimeUnit.SECONDS)).isEqualTo("unbound");
      CompletableFuture<String> next =
          engine.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                session.bind("renamed");
                return CompletableFuture.completedFuture(session.id());
              });
      assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("renamed");
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

  @Test
  void whatIsWithinOneThatIsOverJoinsTheCallAroundThat() {
    try (Engine engine = new Engine()) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      List<Runnable> tasks = new ArrayList<>();
      List<String> ids = new ArrayList<>();
      Runnable ask = () -> ids.add(engine.idOf(ACME));
      SessionWork<Boolean, RuntimeException> innermost =
          session -> tasks.add(new PropagatingTaskDecorator().decorate(ask));
      CompletableFuture<String> nested =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              outer ->
                  engine.sessions.callAsync(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        engine.sessions.call(ACME, SessionPolicy.DEFAULT, innermost);
                        return reply;
                      }));

      engine.sessions.evict(ACME);
      tasks.forEach(Runnable::run);
      reply.complete("done");

      assertThat(nested.join()).isEqualTo("done");
      assertThat(ids).containsExactly("id-1");
    }
  }

  /** Tells what each call hears, by the order of their starts. */
  private static InvocationObserver hearing(Map<Integer, List<String>> heard) {
    return (operation, specialist) -> {
      List<String> mine = new CopyOnWriteArrayList<>();
      heard.put(heard.size() + 1, mine);
      return new InvocationObserver.Watch() {
        @Override
        public void specialist(String name) {
          // Known from the start.
        }

        @Override
        public void event(InvocationObserver.Event event) {
          mine.add(event.name());
        }

        @Override
        public void end(@Nullable Throwable failure) {
          mine.add("end");
        }
      };
    };
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void recoveryIsToldToTheCallThatRecoversNotToOneThatIsOver(boolean later) throws Exception {
    ExecutorService pool = Executors.newSingleThreadExecutor();
    Map<Integer, List<String>> heard = new ConcurrentHashMap<>();
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    CompletableFuture<String> answer = new CompletableFuture<>();
    CountDownLatch begun = new CountDownLatch(1);
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", specialist)
            .observer(hearing(heard))
            .build()) {
      SessionWork<String, Exception> blocking =
          session -> {
            begun.countDown();
            answer.join();
            return specialist.ask(session, "hi");
          };
      SessionWork<CompletableFuture<String>, Exception> answering =
          session -> {
            begun.countDown();
            return answer.thenApply(given -> specialist.ask(session, "hi"));
          };
      FutureTask<String> task =
          new FutureTask<>(
              () ->
                  later
                      ? sessions.callAsync(ACME, SessionPolicy.DEFAULT, answering).join()
                      : sessions.call(ACME, SessionPolicy.DEFAULT, blocking));
      sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            PropagatingTaskDecorator.of(pool).execute(task);
            begun.await();
            return "begun";
          });

      specialist.forgetAll();
      answer.complete("done");
      assertThat(task.get()).isEqualTo("id-2:hi");
    } finally {
      pool.shutdown();
    }
    assertThat(heard.get(1)).containsExactly("OPEN", "end");
    assertThat(heard.get(2)).containsExactly("REOPEN", "OPEN", "end");
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
