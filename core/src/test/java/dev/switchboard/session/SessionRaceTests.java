package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sessions that end, are lost, are evicted or are bound at the same moment. */
@Timeout(60)
class SessionRaceTests {

  private static final Duration TEN = Duration.ofMinutes(10);

  private final List<Runnable> closes = new CopyOnWriteArrayList<>();
  private final List<String> closed = new CopyOnWriteArrayList<>();

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

  private SpecialistSessions sessions(SpecialistConnector connector, SessionStore store) {
    return SpecialistSessions.builder()
        .specialist("marketing", connector)
        .store(store)
        .closeExecutor(closes::add)
        .build();
  }

  private static String await(CountDownLatch latch) {
    try {
      latch.await();
      return "";
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String bind(SessionContext session, String id) {
    session.bind(id);
    return id;
  }

  @Test
  void aSessionThatIsLostAtTheEndOfItsTtlIsNotClosed() {
    try (Engine engine = new Engine(Engine.limits(TEN, null))) {
      AtomicInteger runs = new AtomicInteger();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            if (runs.incrementAndGet() == 1) {
              engine.ticker.advance(TEN);
              throw new SessionLostException("gone");
            }
            return session.id();
          });
      engine.runCloses();
      assertThat(engine.specialist.closed).isEmpty();
      assertThat(engine.counts().lost()).isEqualTo(1);
    }
  }

  @Test
  void aSessionThatIsLostAtTheEndOfItsIdleTimeIsNotHandedOutAgain() {
    try (Engine engine = new Engine(Engine.limits(null, TEN))) {
      CountDownLatch within = new CountDownLatch(1);
      CountDownLatch end = new CountDownLatch(1);
      FutureTask<String> other =
          Crowd.start(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        within.countDown();
                        return await(end) + session.id();
                      }));
      await(within);
      List<String> ids = new ArrayList<>();
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            ids.add(session.id());
            if (session.id().equals("id-1")) {
              engine.ticker.advance(TEN);
              throw new SessionLostException("gone");
            }
            return "done";
          });
      end.countDown();
      assertThat(Crowd.get(other)).isEqualTo("id-1");
      assertThat(ids).containsExactly("id-1", "id-2");
    }
  }

  @Test
  void aSessionThatIsEvictedAtTheEndOfItsIdleTimeIsNotServedAgain() {
    try (Engine engine = new Engine(Engine.limits(null, TEN))) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            engine.ticker.advance(TEN);
            return engine.sessions.evict(ACME);
          });
      assertThat(engine.idOf(ACME)).isEqualTo("id-2");
    }
  }

  /** A store whose session leaves just after it was found, once, for a reason. */
  private static HeldStore leavingOnceFound(RemovalCause cause, boolean byClaim) {
    return new HeldStore() {
      private boolean left;

      @Override
      public @Nullable Session find(SessionKey key, long nanos) {
        return byClaim ? null : leaving(super.find(key, nanos));
      }

      @Override
      public CompletionStage<Claim> claim(SessionKey key) {
        return super.claim(key)
            .thenApply(
                claim -> {
                  leaving(claim instanceof Found found ? found.session() : null);
                  return claim;
                });
      }

      private @Nullable Session leaving(@Nullable Session found) {
        if (found != null && !left) {
          left = true;
          evict(found.key(), found.token(), cause);
        }
        return found;
      }
    };
  }

  @ParameterizedTest
  @CsvSource({"EVICTED, false", "EVICTED, true", "LOST, false", "LOST, true"})
  void aSessionThatLeavesBetweenBeingFoundAndUsedIsNotUsed(RemovalCause cause, boolean byClaim)
      throws Exception {
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    SpecialistSessions sessions = sessions(specialist, leavingOnceFound(cause, byClaim));
    assertThat(sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id)).isEqualTo("id-1");
    assertThat(sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id)).isEqualTo("id-2");
    SpecialistSessions later = sessions(specialist, leavingOnceFound(cause, byClaim));
    for (String id : List.of("id-3", "id-4")) {
      CompletableFuture<String> asked =
          later.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.completedFuture(session.id()));
      assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(id);
    }
    closes.forEach(Runnable::run);
    assertThat(specialist.closed)
        .isEqualTo(cause == RemovalCause.LOST ? List.of() : List.of("id-1", "id-3"));
  }

  @Test
  void aSessionInUseIsFoundThoughASweepOfExpiredOnesIsUnderWay() {
    FakeTicker ticker = new FakeTicker();
    FakeScheduler scheduler = new FakeScheduler(ticker);
    CountDownLatch sweeping = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    List<String> live = new CopyOnWriteArrayList<>();
    SessionStore.Listener slow =
        new SessionStore.Listener() {
          @Override
          public void entered(Session session) {
            live.add(session.id());
          }

          @Override
          public void left(Session session, RemovalCause cause) {
            live.remove(session.id());
            if (session.id().equals("other")) {
              sweeping.countDown();
              await(goOn);
            }
          }
        };
    SessionShelf shelf =
        new SessionShelf(
            SpecialistName.of("marketing"),
            new SessionLimits(null, TEN, 3),
            ticker,
            scheduler,
            false,
            slow);
    Session first = new Session(ACME, "first", Token.random(), ticker.read(), false);
    first.acquire();
    shelf.add(new Session(GLOBEX, "other", Token.random(), ticker.read(), false));
    shelf.add(first);
    FutureTask<Boolean> sweep =
        Crowd.start(
            () -> {
              scheduler.advance(TEN.plusSeconds(2));
              return true;
            });
    await(sweeping);
    assertThat(shelf.findOrExpire(ACME)).isSameAs(first);
    goOn.countDown();
    assertThat(Crowd.get(sweep)).isTrue();
    shelf.touch(first);
    first.releaseLast();
    shelf.touch(first);
    assertThat(live).containsExactly("first");
    scheduler.advance(TEN.plusSeconds(2));
    assertThat(live).isEmpty();
  }

  @Test
  void aSessionThatIsLostWhileItIsBeingEvictedIsNotClosed() {
    CountDownLatch leaving = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    HeldStore store =
        new HeldStore() {
          @Override
          public void start(Listener listener) {
            super.start(
                new Listener() {
                  @Override
                  public void entered(Session session) {
                    listener.entered(session);
                  }

                  @Override
                  public void left(Session session, RemovalCause cause) {
                    if (cause == RemovalCause.EVICTED) {
                      leaving.countDown();
                      await(goOn);
                    }
                    listener.left(session, cause);
                  }
                });
          }
        };
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    SpecialistSessions sessions = sessions(specialist, store);
    List<FutureTask<Boolean>> evicting = new ArrayList<>();
    sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          if (evicting.isEmpty()) {
            evicting.add(Crowd.start(() -> sessions.evict(ACME)));
            await(leaving);
            throw new SessionLostException("gone");
          }
          goOn.countDown();
          return Crowd.get(evicting.get(0));
        });
    closes.forEach(Runnable::run);
    assertThat(specialist.closed).isEmpty();
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
  }

  @Test
  void twoThreadsOfOneCallMayBindAtOnce() {
    for (int round = 0; round < 200; round++) {
      closes.clear();
      closed.clear();
      SpecialistSessions sessions = sessions(learning, new InMemorySessionStore());
      sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            session.bind("a");
            FutureTask<String> b = Crowd.start(() -> bind(session, "b"));
            FutureTask<String> c = Crowd.start(() -> bind(session, "c"));
            return Crowd.get(b) + Crowd.get(c);
          });
      sessions.evict(ACME);
      closes.forEach(Runnable::run);
      assertThat(closed).containsExactlyInAnyOrder("a", "b", "c");
      assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(3, 0, 0, 3, 0, 0));
    }
  }

  @Test
  void anIdThatAnotherThreadBindsWhileTheCallEndsIsKeptAndClosedInTheEnd() {
    CountDownLatch publishing = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    SpecialistSessions sessions =
        sessions(
            learning,
            new HeldStore() {
              @Override
              public CompletionStage<Session> publish(Session opened) {
                publishing.countDown();
                await(goOn);
                return super.publish(opened);
              }
            });
    List<FutureTask<String>> binding = new ArrayList<>();
    Threads threads = new Threads();
    FutureTask<@Nullable Throwable> call =
        threads
            .start(
                1,
                () ->
                    sessions.call(
                        ACME,
                        SessionPolicy.DEFAULT,
                        session -> {
                          binding.add(Crowd.start(() -> bind(session, "a")));
                          return await(publishing);
                        }))
            .get(0);
    await(publishing);
    goOn.countDown();
    assertThat(Crowd.get(call)).isNull();
    assertThat(Crowd.get(binding.get(0))).isEqualTo("a");
    sessions.evict(ACME);
    closes.forEach(Runnable::run);
    assertThat(closed).containsExactly("a");
  }

  @Test
  void aBindThatTheStoreRefusesLeavesTheLeadToTheNext() {
    AtomicBoolean broken = new AtomicBoolean(true);
    SpecialistSessions sessions =
        sessions(
            learning,
            new HeldStore() {
              @Override
              public CompletionStage<Session> publish(Session opened) {
                return broken.getAndSet(false)
                    ? CompletableFuture.failedFuture(new IOException("store down"))
                    : super.publish(opened);
              }
            });
    SessionWork<String, RuntimeException> bind = session -> bind(session, "learned");
    assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, bind))
        .isInstanceOf(SessionOpenException.class)
        .hasCauseInstanceOf(IOException.class);
    assertThat(sessions.call(ACME, SessionPolicy.DEFAULT, bind)).isEqualTo("learned");
    closes.forEach(Runnable::run);
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(2, 1, 0, 1, 0, 0));
  }

  @Test
  void anErrorWhileALearnedIdIsStoredLeavesTheLeadToTheNext() {
    AtomicBoolean broken = new AtomicBoolean(true);
    SpecialistSessions sessions =
        sessions(
            learning,
            new HeldStore() {
              @Override
              public CompletionStage<Session> publish(Session opened) {
                if (broken.getAndSet(false)) {
                  throw new StackOverflowError();
                }
                return super.publish(opened);
              }
            });
    SessionWork<String, RuntimeException> bind = session -> bind(session, "learned");
    assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, bind))
        .isInstanceOf(StackOverflowError.class);
    assertThat(sessions.call(ACME, SessionPolicy.DEFAULT, bind)).isEqualTo("learned");
  }

  @Test
  void anIdThatAnotherThreadBindsDuringARecoveryIsUsedAndClosedInTheEnd() {
    List<SessionContext> contexts = new ArrayList<>();
    SpecialistConnector binding =
        new SpecialistConnector() {
          @Override
          public @Nullable String open(SessionKey key) {
            return null;
          }

          @Override
          public void close(SessionKey key, String id) {
            closed.add(id);
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            return Crowd.onAnotherThread(() -> bind(contexts.get(0), "b")).equals("b");
          }
        };
    SpecialistSessions sessions = sessions(binding, new InMemorySessionStore());
    sessions.call(ACME, SessionPolicy.DEFAULT, session -> bind(session, "a"));
    String id =
        sessions.call(
            ACME,
            SessionPolicy.DEFAULT,
            session -> {
              contexts.add(session);
              if (contexts.size() == 1) {
                throw new IllegalStateException("unavailable");
              }
              return session.id();
            });
    assertThat(id).isEqualTo("b");
    sessions.evict(ACME);
    closes.forEach(Runnable::run);
    assertThat(closed).containsExactlyInAnyOrder("a", "b");
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(2, 0, 0, 2, 0, 0));
  }

  @Test
  void aSessionWhoseTenantIsEvictedJustBeforeItIsStoredLeavesAgain() {
    List<SpecialistSessions> engine = new ArrayList<>();
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    SpecialistSessions sessions =
        sessions(
            specialist,
            new HeldStore() {
              @Override
              public CompletionStage<Session> publish(Session opened) {
                engine.get(0).evictTenant("acme");
                return super.publish(opened);
              }
            });
    engine.add(sessions);
    assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id))
        .hasMessageContaining("the tenant was evicted meanwhile");
    closes.forEach(Runnable::run);
    assertThat(specialist.closed).containsExactly("id-1");
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void aStoreThatFailsToEvictAVoidedOpeningDoesNotBlockItsKey() {
    List<SpecialistSessions> engine = new ArrayList<>();
    AtomicBoolean broken = new AtomicBoolean(true);
    ForgetfulSpecialist specialist = new ForgetfulSpecialist();
    SpecialistSessions sessions =
        sessions(
            specialist,
            new HeldStore() {
              @Override
              public CompletionStage<Session> publish(Session opened) {
                if (specialist.opened.get() == 1) {
                  engine.get(0).evictTenant("acme");
                }
                return super.publish(opened);
              }

              @Override
              public CompletionStage<Boolean> evict(
                  SessionKey key, @Nullable Token opening, RemovalCause cause) {
                return broken.getAndSet(false)
                    ? CompletableFuture.failedFuture(new IOException("store down"))
                    : super.evict(key, opening, cause);
              }
            });
    engine.add(sessions);
    assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id))
        .isInstanceOf(SessionOpenException.class);
    assertThat(sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id)).isNotBlank();
    Engine.assertBalanced(sessions.snapshot().total());
  }

  @Test
  void aCloseThatCannotBeSubmittedIsCountedAndBlocksNobody() {
    AtomicBoolean broken = new AtomicBoolean(true);
    SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", new ForgetfulSpecialist())
            .settings(Engine.maxSize(1).apply(SessionSettings.builder()).build())
            .closeExecutor(
                close -> {
                  if (broken.getAndSet(false)) {
                    throw new OutOfMemoryError("unable to create native thread");
                  }
                  close.run();
                })
            .build();
    for (SessionKey key : List.of(ACME, GLOBEX, ACME)) {
      sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
    }
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(3, 1, 0, 1, 0, 1));
  }

  @Test
  void aSessionThatIsUsedAllTheTimeIsNotIdle() {
    try (Engine engine = new Engine(Engine.limits(null, Duration.ofSeconds(1)))) {
      for (int i = 0; i < 6_000; i++) {
        engine.ask(ACME);
        engine.scheduler.advance(Duration.ofNanos(500_000));
      }
      assertThat(engine.specialist.opened).hasValue(1);
    }
  }
}
