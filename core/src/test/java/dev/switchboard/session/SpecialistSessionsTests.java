package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.session.ForgetfulSpecialist.NotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class SpecialistSessionsTests {

  @Test
  void sessionIsOpenedOnceAndReused() {
    try (Engine engine = new Engine()) {
      assertThat(engine.ask(ACME)).isEqualTo(engine.ask(ACME)).isEqualTo("id-1:hi");
      assertThat(engine.ask(GLOBEX)).isEqualTo("id-2:hi");
      assertThat(engine.specialist.opened).hasValue(2);
    }
  }

  @Test
  void sessionIsFreshUntilACallOnItHasCompleted() {
    try (Engine engine = new Engine()) {
      List<Boolean> fresh = new ArrayList<>();
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        fresh.add(session.isFresh());
                        throw new IOException("unavailable");
                      }))
          .isInstanceOf(IOException.class);
      for (int i = 0; i < 2; i++) {
        fresh.add(engine.sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::isFresh));
      }
      assertThat(fresh).containsExactly(true, true, false);
      assertThat(engine.specialist.opened).hasValue(1);
    }
  }

  @Test
  void sessionIsOpenedAgainAfterItsTtlHoweverOftenItIsUsed() {
    try (Engine engine = new Engine(Engine.limits(Duration.ofMinutes(30), null))) {
      for (int i = 0; i < 29; i++) {
        engine.ask(ACME);
        engine.scheduler.advance(Duration.ofMinutes(1));
      }
      assertThat(engine.ask(ACME)).startsWith("id-1");
      engine.scheduler.advance(Duration.ofMinutes(1));
      assertThat(engine.ask(ACME)).startsWith("id-2");
    }
  }

  @Test
  void idleTimeStartsAnewWithEveryUse() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofMinutes(30)))) {
      for (int i = 0; i < 10; i++) {
        assertThat(engine.ask(ACME)).startsWith("id-1");
        engine.ticker.advance(Duration.ofMinutes(29));
      }
      engine.ticker.advance(Duration.ofMinutes(1));
      assertThat(engine.ask(ACME)).startsWith("id-2");
    }
  }

  /** Caffeine overlooks a use less than a second after another. */
  @Test
  void aUseShortlyAfterAnotherStartsTheIdleTimeAnewToo() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofSeconds(2)))) {
      engine.ask(ACME);
      engine.scheduler.advance(Duration.ofMillis(900));
      engine.ask(ACME);
      engine.scheduler.advance(Duration.ofMillis(1_900));
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
      engine.scheduler.advance(Duration.ofMillis(1_900));
      assertThat(engine.counts().live()).isOne();
      engine.scheduler.advance(Duration.ofMillis(2_100));
      assertThat(engine.counts().live()).isZero();
    }
  }

  @Test
  void idleTimeRunsFromTheEndOfALongCall() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofMinutes(1)))) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            engine.scheduler.advance(Duration.ofSeconds(50));
            return session.id();
          });
      engine.scheduler.advance(Duration.ofSeconds(50));
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
    }
  }

  @Test
  void aCallLongerThanTheIdleTimeKeepsItsSession() {
    try (Engine engine = new Engine(Engine.limits(Duration.ofMinutes(10), Duration.ofMinutes(1)))) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            engine.scheduler.advance(Duration.ofMinutes(3));
            assertThat(engine.counts().live()).isEqualTo(1);
            return session.id();
          });
      engine.scheduler.advance(Duration.ofSeconds(50));
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
      engine.scheduler.advance(Duration.ofMinutes(2));
      assertThat(engine.counts().live()).isZero();
    }
  }

  @Test
  void anotherCallFindsTheSessionOfALongCall() {
    try (Engine engine = new Engine(Engine.limits(Duration.ofMinutes(10), Duration.ofMinutes(1)))) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            engine.scheduler.advance(Duration.ofMinutes(3));
            assertThat(onAnotherThread(() -> engine.idOf(ACME))).isEqualTo("id-1");
            return session.id();
          });
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
    }
  }

  @Test
  void noCallIsServedPastTheTtlOfALongCall() {
    try (Engine engine = new Engine(Engine.limits(Duration.ofMinutes(10), Duration.ofMinutes(1)))) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            engine.scheduler.advance(Duration.ofMinutes(3));
            assertThat(onAnotherThread(() -> engine.idOf(ACME))).isEqualTo("id-1");
            engine.ticker.advance(Duration.ofMinutes(8));
            assertThat(onAnotherThread(() -> engine.idOf(ACME))).isEqualTo("id-2");
            return session.id();
          });
      assertThat(engine.idOf(ACME)).isEqualTo("id-2");
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-1");
    }
  }

  @Test
  void withoutTrafficAnExpiredSessionLeavesWithinTwoSeconds() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofMinutes(30)))) {
      engine.ask(ACME);
      engine.scheduler.advance(Duration.ofMinutes(30));
      engine.scheduler.advance(Duration.ofSeconds(2));
      assertThat(engine.counts().live()).isZero();
      engine.runCloses();
      assertThat(engine.specialist.closed).containsExactly("id-1");
    }
  }

  @Test
  void whereNoDurationIsGivenSessionsEndAfterThirtyIdleMinutesOrEightHours() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      for (int i = 0; i < 20; i++) {
        engine.scheduler.advance(Duration.ofMinutes(24));
        engine.ask(ACME);
      }
      assertThat(engine.specialist.opened).hasValue(2);
      engine.scheduler.advance(Duration.ofMinutes(31));
      engine.ask(ACME);
      assertThat(engine.specialist.opened).hasValue(3);
    }
  }

  @Test
  void lostSessionIsReopenedOnceAndTheNewOneIsKept() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      engine.specialist.forgetAll();
      assertThat(engine.ask(ACME)).isEqualTo("id-2:hi");
      assertThat(engine.ask(ACME)).isEqualTo("id-2:hi");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void reopenedSessionIsFresh() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      engine.specialist.forgetAll();
      List<Boolean> fresh = new ArrayList<>();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            fresh.add(session.isFresh());
            return engine.specialist.ask(session, "hi");
          });
      assertThat(fresh).containsExactly(false, true);
    }
  }

  @Test
  void secondLossReachesTheCallerAndIsRemovedToo() {
    try (Engine engine = new Engine()) {
      AtomicInteger runs = new AtomicInteger();
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        runs.incrementAndGet();
                        throw new NotFoundException();
                      }))
          .isInstanceOf(SessionLostException.class)
          .hasMessage("Specialist 'marketing' lost the session again after it was reopened")
          .hasCauseInstanceOf(NotFoundException.class);
      assertThat(runs).hasValue(2);
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 0, 0, 0, 2, 0));
      engine.runCloses();
      assertThat(engine.specialist.closed).isEmpty();
    }
  }

  @Test
  void lossIsToldByTheExceptionByListedTypesAndByTheConnector() {
    try (Engine engine = new Engine()) {
      SessionPolicy listed = new SessionPolicy(false, List.of(IOException.class));
      List<RuntimeException> losses =
          List.of(
              new SessionLostException("gone"),
              new IllegalStateException(new IOException("wrapped")),
              new NotFoundException());
      for (RuntimeException loss : losses) {
        List<String> ids = new ArrayList<>();
        engine.sessions.call(
            ACME,
            listed,
            session -> {
              ids.add(session.id());
              if (ids.size() == 1) {
                throw loss;
              }
              return "ok";
            });
        assertThat(ids).hasSize(2).doesNotHaveDuplicates();
      }
    }
  }

  @Test
  void aLateLoserDoesNotDropTheSessionThatItsSiblingHasReopened() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      String answer =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                if (session.id().equals("id-1")) {
                  engine.specialist.forgetAll();
                  assertThat(onAnotherThread(() -> engine.ask(ACME))).isEqualTo("id-2:hi");
                }
                return engine.specialist.ask(session, "late");
              });
      assertThat(answer).isEqualTo("id-2:late");
      assertThat(engine.specialist.opened).hasValue(2);
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void anIdGivenTwiceIsStillTwoSessions() {
    SpecialistConnector sameId = key -> "same";
    try (Engine engine = new Engine(sameId, settings -> settings)) {
      AtomicInteger runs = new AtomicInteger();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          outer -> {
            if (runs.incrementAndGet() == 1) {
              onAnotherThread(
                  () -> {
                    AtomicInteger inner = new AtomicInteger();
                    return engine.sessions.call(
                        ACME,
                        SessionPolicy.DEFAULT,
                        session -> {
                          if (inner.incrementAndGet() == 1) {
                            throw new SessionLostException("gone");
                          }
                          return "reopened";
                        });
                  });
              throw new SessionLostException("late");
            }
            return "ok";
          });
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void aReopeningThatFailsKeepsTheLossAsSuppressed() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      engine.specialist.forgetAll();
      engine.specialist.failOpensWith(new IOException("down"));
      assertThatThrownBy(() -> engine.ask(ACME))
          .isInstanceOf(SessionOpenException.class)
          .hasCauseInstanceOf(IOException.class)
          .satisfies(
              e ->
                  assertThat(e.getSuppressed())
                      .hasAtLeastOneElementOfType(NotFoundException.class));
    }
  }

  @Test
  void aConnectorThatCannotTellLeavesTheFailureAsItIs() {
    SpecialistConnector cannotTell =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            throw new IllegalArgumentException("cannot tell");
          }
        };
    try (Engine engine = new Engine(cannotTell, settings -> settings)) {
      IOException failure = new IOException("unavailable");
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        throw failure;
                      }))
          .isSameAs(failure);
    }
  }

  @Test
  void nestedCallOnTheSameKeyJoinsTheEnclosingSession() {
    try (Engine engine = new Engine()) {
      SessionPolicy exclusive = new SessionPolicy(true, List.of());
      String ids =
          engine.sessions.call(
              ACME,
              exclusive,
              outer ->
                  outer.id()
                      + engine.sessions.call(
                          GLOBEX,
                          exclusive,
                          other ->
                              other.id()
                                  + engine.sessions.call(ACME, exclusive, SessionContext::id))
                      + SessionContext.current().id());
      assertThat(ids).isEqualTo("id-1id-2id-1id-1");
    }
  }

  /** A nested call finds id-1 lost and opens id-2; then the work itself loses a session. */
  private static String loseAfterANestedCall(Engine engine, UnaryOperator<String> lost) {
    AtomicInteger runs = new AtomicInteger();
    return engine.sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        outer -> {
          String before = outer.id();
          if (runs.incrementAndGet() > 1) {
            return before;
          }
          engine.specialist.forgetAll();
          engine.ask(ACME);
          throw new SessionLostException(lost.apply(before));
        });
  }

  @Test
  void lossAfterANestedOneIsOfTheSessionThatTheWorkWasLastToldOf() {
    try (Engine engine = new Engine()) {
      UnaryOperator<String> another =
          before -> {
            engine.specialist.forgetAll();
            return SessionContext.current().id();
          };
      assertThat(loseAfterANestedCall(engine, another)).isEqualTo("id-3");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(3, 1, 0, 0, 2, 0));
    }
  }

  @Test
  void lossOfASessionThatANestedCallHasReplacedLeavesTheNewOneAlone() {
    try (Engine engine = new Engine()) {
      assertThat(loseAfterANestedCall(engine, before -> before)).isEqualTo("id-2");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void nestedLossReplacesTheEnclosingSession() {
    try (Engine engine = new Engine()) {
      engine.ask(ACME);
      String ids =
          engine.sessions.call(
              ACME,
              SessionPolicy.DEFAULT,
              outer -> {
                String before = outer.id();
                engine.specialist.forgetAll();
                return before + engine.ask(ACME) + outer.id();
              });
      assertThat(ids).isEqualTo("id-1id-2:hiid-2");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void afterAFailedReopeningANestedCallOpensAgain() {
    try (Engine engine = new Engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          outer -> {
            engine.specialist.forgetAll();
            engine.specialist.failOpensWith(new IOException("down"));
            assertThatThrownBy(() -> engine.ask(ACME)).isInstanceOf(SessionOpenException.class);
            engine.specialist.failOpensWith(null);
            assertThat(engine.ask(ACME)).isEqualTo("id-3:hi");
            return outer.id();
          });
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void aCallNestedInAnotherEnginesHasASessionOfItsOwnEngine() {
    try (SpecialistSessions one =
            SpecialistSessions.builder().specialist("marketing", key -> "of one").build();
        SpecialistSessions two =
            SpecialistSessions.builder().specialist("marketing", key -> "of two").build()) {
      assertThat(
              one.<String, RuntimeException>call(
                  ACME,
                  SessionPolicy.DEFAULT,
                  outer -> two.call(ACME, SessionPolicy.DEFAULT, SessionContext::id)))
          .isEqualTo("of two");
    }
  }

  @Test
  void aLossThatTheOuterCallDeclaresForItselfIsItsOwn() {
    try (Engine engine = new Engine()) {
      List<String> ids = new ArrayList<>();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          outer -> {
            ids.add(outer.id());
            try {
              return engine.sessions.call(
                  GLOBEX,
                  SessionPolicy.DEFAULT,
                  inner -> {
                    if (ids.size() == 1) {
                      throw new IllegalStateException("unavailable");
                    }
                    return inner.id();
                  });
            } catch (IllegalStateException e) {
              throw new SessionLostException("the outer session is gone as well", e);
            }
          });
      assertThat(ids).hasSize(2).doesNotHaveDuplicates();
    }
  }

  @Test
  void innerLossIsNothingToTheOuterSession() {
    try (Engine engine = new Engine()) {
      AtomicInteger outerRuns = new AtomicInteger();
      for (boolean wrapped : new boolean[] {false, true}) {
        assertThatThrownBy(
                () ->
                    engine.sessions.call(
                        ACME,
                        SessionPolicy.DEFAULT,
                        outer -> {
                          outerRuns.incrementAndGet();
                          try {
                            return engine.sessions.call(
                                GLOBEX,
                                SessionPolicy.DEFAULT,
                                inner -> {
                                  throw new NotFoundException();
                                });
                          } catch (SessionLostException e) {
                            throw wrapped ? new IllegalStateException(e) : e;
                          }
                        }))
            .isInstanceOf(wrapped ? IllegalStateException.class : SessionLostException.class);
      }
      assertThat(outerRuns).hasValue(2);
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
    }
  }

  @Test
  void innerFailureThatTheOuterConnectorWouldCallLostIsNothingToIt() {
    SpecialistConnector suspicious =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "outer";
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            return true;
          }
        };
    try (Engine engine = new Engine(suspicious, settings -> settings)) {
      SessionKey inner = SessionKey.of("storefront", "acme");
      IllegalStateException failure = new IllegalStateException("the storefront's own");
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      outer ->
                          engine.sessions.call(
                              inner,
                              SessionPolicy.DEFAULT,
                              session -> {
                                throw failure;
                              })))
          .isSameAs(failure);
      assertThat(engine.counts().lost()).isZero();
    }
  }

  @Test
  void contextIsThereWithinTheCallOnly() {
    try (Engine engine = new Engine()) {
      assertThatThrownBy(SessionContext::current)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "@SpecialistSession", "self-invocation", "another thread", "proxy");
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            assertThat(SessionContext.current()).isSameAs(session);
            assertThat(SessionContext.current("market-ing")).isSameAs(session);
            assertThatThrownBy(() -> SessionContext.current("storefront"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage(
                    "The innermost @SpecialistSession call here is with specialist 'marketing', not"
                        + " 'storefront'");
            assertThat(session.key()).isEqualTo(ACME);
            assertThat(session.toString()).matches("marketing#\\w{12}/\\w{12}");
            return "done";
          });
      assertThat(SessionContext.currentOrNull()).isNull();
    }
  }

  @Test
  void contextIsGoneAfterACallThatFails() {
    try (Engine engine = new Engine()) {
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        throw new IOException("unavailable");
                      }))
          .isInstanceOf(IOException.class);
      assertThatThrownBy(SessionContext::current).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void openedAtIsWhenTheOpeningReturned() {
    try (Engine engine = new Engine()) {
      var first = engine.sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::openedAt);
      engine.ticker.advance(Duration.ofMinutes(5));
      var again = engine.sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::openedAt);
      var later = engine.sessions.call(GLOBEX, SessionPolicy.DEFAULT, SessionContext::openedAt);
      assertThat(again).isEqualTo(first);
      assertThat(Duration.between(first, later)).isEqualTo(Duration.ofMinutes(5));
    }
  }

  @Test
  void openedAtIsOnTheClockOnTheWall() {
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("marketing", key -> "id").build()) {
      Instant before = Instant.now();
      Instant openedAt = sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::openedAt);
      assertThat(openedAt).isBetween(before.minusSeconds(60), before.plusSeconds(60));
    }
  }

  @Test
  void lossIsOfTheSessionThatTheWorkBeganWithThoughItNeverAskedForItsId() {
    try (Engine engine = new Engine()) {
      AtomicInteger runs = new AtomicInteger();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          outer -> {
            if (runs.incrementAndGet() == 1) {
              engine.specialist.forgetAll();
              engine.ask(ACME);
              throw new SessionLostException("the header carried the one before");
            }
            return "done";
          });
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
    }
  }

  @Test
  void aSpecialistWithoutConnectorIsRefused() {
    try (Engine engine = new Engine()) {
      SessionKey key = SessionKey.of("unknown", "acme");
      assertThatThrownBy(() -> engine.idOf(key))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("No specialist 'unknown'");
    }
  }

  private static <T> T onAnotherThread(java.util.concurrent.Callable<T> call) {
    return Crowd.onAnotherThread(call);
  }
}
