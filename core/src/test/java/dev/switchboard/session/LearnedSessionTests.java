package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Sessions whose id the first reply names. */
@Timeout(120)
class LearnedSessionTests {

  private final List<String> closed = new ArrayList<>();

  private final SpecialistConnector learning =
      new SpecialistConnector() {
        @Override
        public @Nullable String open(SessionKey key) {
          return null;
        }

        @Override
        public void close(SessionKey key, String id) {
          closed.add(id);
        }
      };

  private Engine engine() {
    return new Engine(learning, settings -> settings);
  }

  private static String bind(Engine engine, String id) {
    return engine.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          session.bind(id);
          return session.id();
        });
  }

  @Test
  void theFirstReplyNamesTheSession() {
    try (Engine engine = engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            assertThat(session.idOrNull()).isNull();
            assertThat(session.isFresh()).isTrue();
            assertThat(session.toString()).endsWith("/unbound");
            assertThatThrownBy(session::id)
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContainingAll("bind(id)", "idOrNull()");
            session.bind("learned");
            assertThat(session.id()).isEqualTo("learned");
            return "done";
          });
      assertThat(engine.idOf(ACME)).isEqualTo("learned");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 1, 0, 0, 0, 0));
    }
  }

  @Test
  void othersWaitForTheFirstReplyAndShareItsSession() {
    try (Engine engine = engine()) {
      CountDownLatch replied = new CountDownLatch(1);
      AtomicInteger unbound = new AtomicInteger();
      Threads threads = new Threads();
      List<FutureTask<Throwable>> crowd =
          threads.start(
              16,
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        if (session.idOrNull() == null) {
                          unbound.incrementAndGet();
                          replied.await();
                          session.bind("learned");
                        }
                        assertThat(session.id()).isEqualTo("learned");
                        return "done";
                      }));
      threads.awaitAllWaiting();
      replied.countDown();
      assertThat(crowd).allSatisfy(each -> assertThat(Crowd.get(each)).isNull());
      assertThat(unbound).hasValue(1);
    }
  }

  @Test
  void aFirstCallThatFailsKeepsItsFailureAndTheNextWaiterLeads() {
    try (Engine engine = engine()) {
      CountDownLatch failing = new CountDownLatch(1);
      AtomicInteger leaders = new AtomicInteger();
      Threads threads = new Threads();
      List<FutureTask<Throwable>> crowd =
          threads.start(
              16,
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        if (session.idOrNull() == null) {
                          if (leaders.incrementAndGet() == 1) {
                            failing.await();
                            throw new IOException("first");
                          }
                          session.bind("second");
                        }
                        return session.id();
                      }));
      threads.awaitAllWaiting();
      failing.countDown();
      List<Throwable> failures = new ArrayList<>();
      crowd.forEach(
          each -> {
            Throwable failure = Crowd.get(each);
            if (failure != null) {
              failures.add(failure);
            }
          });
      assertThat(failures).singleElement().isInstanceOf(IOException.class);
      assertThat(leaders).hasValue(2);
      assertThat(engine.idOf(ACME)).isEqualTo("second");
    }
  }

  @Test
  void aCallThatEndsUnboundLeavesNothing() {
    try (Engine engine = engine()) {
      for (int i = 0; i < 3; i++) {
        assertThat(
                engine.sessions.<String, RuntimeException>call(
                    ACME, SessionPolicy.DEFAULT, session -> "" + session.idOrNull()))
            .isEqualTo("null");
      }
      assertThat(engine.counts().opened()).isZero();
    }
  }

  @Test
  void waitersGiveUpAfterTheLearnTimeoutAndTheNextCallerLeads() {
    try (Engine engine = engine()) {
      CountDownLatch replied = new CountDownLatch(1);
      Threads threads = new Threads();
      List<FutureTask<Throwable>> leader =
          threads.start(
              1,
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        replied.await();
                        session.bind("late");
                        return session.id();
                      }));
      threads.awaitAllWaiting();
      Threads waiting = new Threads();
      FutureTask<Throwable> waiter = waiting.start(1, () -> engine.idOf(ACME)).get(0);
      waiting.awaitAllWaiting();
      engine.ticker.advance(Duration.ofMinutes(2));
      assertThat(bind(engine, "next")).isEqualTo("next");
      assertThat(Crowd.get(waiter))
          .isInstanceOf(SessionOpenException.class)
          .hasMessage(
              "No session of specialist 'marketing': no reply named its id within learn-timeout");
      replied.countDown();
      assertThat(Crowd.get(leader.get(0))).isNull();
      engine.runCloses();
      assertThat(closed).containsExactly("late");
      assertThat(engine.idOf(ACME)).isEqualTo("next");
    }
  }

  @Test
  void anotherIdReplacesALearnedOneAndTheSameIdDoesNot() {
    try (Engine engine = engine()) {
      bind(engine, "first");
      bind(engine, "first");
      assertThat(engine.counts().opened()).isEqualTo(1);
      assertThat(bind(engine, "second")).isEqualTo("second");
      assertThat(engine.idOf(ACME)).isEqualTo("second");
      engine.runCloses();
      assertThat(closed).containsExactly("first");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 1, 0, 0));
    }
  }

  @Test
  void failureThatIsAboutTheFirstIdLeavesTheSecondAlone() {
    List<String> judged = new ArrayList<>();
    SpecialistConnector judging =
        new SpecialistConnector() {
          @Override
          public @Nullable String open(SessionKey key) {
            return null;
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            judged.add(id);
            return true;
          }
        };
    try (Engine engine = new Engine(judging, settings -> settings)) {
      bind(engine, "first");
      AtomicInteger runs = new AtomicInteger();
      String id =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                if (runs.incrementAndGet() == 1) {
                  String known = session.id();
                  Crowd.onAnotherThread(
                      () -> {
                        session.bind("second");
                        return "bound";
                      });
                  throw new IllegalStateException("no conversation " + known);
                }
                return session.id();
              });
      assertThat(judged).containsExactly("first");
      assertThat(id).isEqualTo("second");
      assertThat(engine.idOf(ACME)).isEqualTo("second");
      assertThat(engine.counts().lost()).isZero();
    }
  }

  @Test
  void twoCallsThatAreGivenDifferentIdsKeepTheFirst() {
    try (Engine engine = engine()) {
      bind(engine, "first");
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            Crowd.onAnotherThread(() -> bind(engine, "second"));
            session.bind("third");
            assertThat(session.id()).isEqualTo("third");
            return "done";
          });
      assertThat(engine.idOf(ACME)).isEqualTo("second");
      engine.runCloses();
      assertThat(closed).containsExactlyInAnyOrder("first", "third");
    }
  }

  @Test
  void anIdLearnedWhileTheApplicationStopsIsClosed() {
    Engine engine = engine();
    bind(engine, "first");
    assertThatThrownBy(
            () ->
                engine.sessions.call(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> {
                      engine.stopInBackground();
                      session.bind("second");
                      return "done";
                    }))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageContaining("the application stops");
    engine.close();
    assertThat(closed).containsExactlyInAnyOrder("first", "second");
    assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 0, 0, 2, 0, 0));
  }

  @Test
  void theFirstIdLearnedWhileTheApplicationStopsIsClosed() {
    Engine engine = engine();
    engine.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          engine.stopInBackground("Signaller");
          session.bind("first");
          return "done";
        });
    engine.close();
    assertThat(closed).containsExactly("first");
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void bindOnAnOpenedSessionIsRefused() {
    try (Engine engine = new Engine()) {
      assertThatThrownBy(() -> bind(engine, "other"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the connector of specialist 'marketing' opened this session");
    }
  }

  @Test
  void bindAfterTheCallIsRefused() {
    try (Engine engine = engine()) {
      List<SessionContext> kept = new ArrayList<>();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            kept.add(session);
            return "done";
          });
      assertThatThrownBy(() -> kept.get(0).bind("late"))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the invocation has ended");
    }
  }

  @Test
  void badIdsAreRefusedWithoutBeingPrinted() {
    try (Engine engine = engine()) {
      for (String bad : List.of("", "s3cret\n", "s3cret".repeat(1000))) {
        assertThatThrownBy(() -> bind(engine, bad))
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageNotContaining("s3cret");
      }
      assertThat(engine.counts().opened()).isZero();
    }
  }

  @Test
  void aLearnedSessionThatIsLostIsLearnedAgain() {
    try (Engine engine = engine()) {
      bind(engine, "first");
      AtomicInteger runs = new AtomicInteger();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            if (runs.incrementAndGet() == 1) {
              throw new SessionLostException("gone");
            }
            assertThat(session.idOrNull()).isNull();
            session.bind("second");
            return "done";
          });
      assertThat(engine.idOf(ACME)).isEqualTo("second");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void aBindThatIsRefusedOnAnotherThreadHoldsUpNoOther() {
    try (Engine engine = engine()) {
      String id =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                Crowd.onAnotherThread(
                    () ->
                        assertThatThrownBy(() -> session.bind(""))
                            .isInstanceOf(IllegalArgumentException.class));
                session.bind("named");
                return session.id();
              });
      assertThat(id).isEqualTo("named");
    }
  }

  @Test
  void aNestedCallBindsNothingAfterItsEndOrThatOfWhatItJoined() {
    try (Engine engine = engine()) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      List<SessionContext> nested = new ArrayList<>();
      CompletableFuture<String> outlives =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                engine.sessions.call(ACME, SessionPolicy.DEFAULT, nested::add);
                assertRefused(nested.get(0));
                return engine.sessions.callAsync(
                    ACME,
                    SessionPolicy.DEFAULT,
                    inner -> {
                      nested.add(inner);
                      return reply;
                    });
              });
      assertRefused(nested.get(1));
      reply.complete("done");
      assertThat(outlives).isCompletedWithValue("done");
    }
  }

  private static void assertRefused(SessionContext ended) {
    assertThatThrownBy(() -> ended.bind("late"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the invocation has ended");
  }

  @Test
  void aNestedCallMayBindForTheEnclosingOne() {
    try (Engine engine = engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          outer -> {
            bind(engine, "nested");
            assertThat(outer.id()).isEqualTo("nested");
            return "done";
          });
      assertThat(engine.idOf(ACME)).isEqualTo("nested");
    }
  }

  @Test
  void anIdThatReplacedAnotherLeavesNothingToWaitFor() {
    try (Engine engine = engine()) {
      bind(engine, "first");
      assertThat(bind(engine, "second")).isEqualTo("second");
      assertThat(engine.sessions.evict(ACME)).isTrue();
      assertThat(Crowd.onAnotherThread(() -> bind(engine, "third"))).isEqualTo("third");
    }
  }
}
