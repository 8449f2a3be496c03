package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.ConnectorWork;
import dev.switchboard.session.ForgetfulSpecialist.NotFoundException;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which failures mean that a session is lost, and what holds when one is. */
@Timeout(60)
class SessionLossTests {

  private static @Nullable Throwable failureOf(
      Engine engine, SessionPolicy policy, Throwable failure) {
    return catchThrowable(
        () ->
            engine.sessions.<String, Throwable>call(
                ACME,
                policy,
                session -> {
                  throw failure;
                }));
  }

  /** Calls whatever it is asked about lost, or fails as it is told. */
  private static SpecialistConnector judge(@Nullable Error broken, AtomicInteger asked) {
    return new SpecialistConnector() {
      @Override
      public String open(SessionKey key) {
        return "id";
      }

      @Override
      public boolean isLost(SessionKey key, String id, Throwable failure) {
        asked.incrementAndGet();
        if (broken != null) {
          throw broken;
        }
        return failure instanceof IOException;
      }
    };
  }

  @Test
  void circleOfCausesHasAnEnd() {
    IllegalStateException first = new IllegalStateException("first");
    first.initCause(new IllegalStateException("second", first));
    try (Engine engine = new Engine()) {
      assertThat(failureOf(engine, SessionPolicy.DEFAULT, first)).isSameAs(first);
      assertThat(engine.counts().lost()).isZero();
    }
  }

  @Test
  void connectorIsNotAskedAboutAnErrorButOneMayBeListed() {
    AtomicInteger asked = new AtomicInteger();
    try (Engine engine = new Engine(judge(null, asked), settings -> settings)) {
      AssertionError error = new AssertionError("broken");
      assertThat(failureOf(engine, SessionPolicy.DEFAULT, error)).isSameAs(error);
      assertThat(asked).hasValue(0);
      SessionPolicy listed = new SessionPolicy(false, List.of(AssertionError.class));
      assertThat(failureOf(engine, listed, error)).isInstanceOf(SessionLostException.class);
      assertThat(engine.counts().lost()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void threadWorksForTheCallAgainOnceTheConnectorHasJudged(boolean fails) {
    Error broken = fails ? new AssertionError("broken") : null;
    try (Engine engine = new Engine(judge(broken, new AtomicInteger()), settings -> settings)) {
      Throwable thrown = failureOf(engine, SessionPolicy.DEFAULT, new IOException("gone"));
      assertThat(thrown).isInstanceOf(fails ? Error.class : SessionLostException.class);
      assertThat(ConnectorWork.around()).isNull();
    }
  }

  @Test
  void lossThatACallElsewhereHasFoundIsNothingToTheSessionOfWhoPassesItOn() {
    try (Engine engine = new Engine()) {
      assertThatThrownBy(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session ->
                          Crowd.onAnotherThread(
                              () ->
                                  engine.sessions.<String, RuntimeException>call(
                                      GLOBEX,
                                      SessionPolicy.DEFAULT,
                                      other -> {
                                        throw new NotFoundException();
                                      }))))
          .isInstanceOf(SessionLostException.class);
      assertThat(engine.counts().lost()).as("globex's two").isEqualTo(2);
      assertThat(engine.idOf(ACME)).isEqualTo("id-1");
    }
  }

  @Test
  void sessionThatReplacedALostOneForANestedCallStaysFreshUntilACallHasTalkedWithin() {
    try (Engine engine = new Engine()) {
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            AtomicInteger runs = new AtomicInteger();
            SessionWork<String, RuntimeException> loseThenFail =
                inner -> {
                  throw runs.incrementAndGet() == 1
                      ? new NotFoundException()
                      : new IllegalStateException("unreachable");
                };
            assertThatThrownBy(
                    () -> engine.sessions.call(ACME, SessionPolicy.DEFAULT, loseThenFail))
                .hasMessage("unreachable");
            return "handled";
          });
      assertThat(isFresh(engine)).isTrue();
      assertThat(isFresh(engine)).isFalse();
      assertThat(engine.idOf(ACME)).isEqualTo("id-2");
    }
  }

  private static boolean isFresh(Engine engine) {
    return engine.sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::isFresh);
  }

  @Test
  void connectorThatCannotBeHadLeavesTheFailureAsItIs() {
    SessionSettings settings = SessionSettings.builder().build();
    Session shared = new Session(ACME, "id", Token.random(), 0, false);
    HeldStore store =
        new HeldStore() {
          @Override
          public CompletionStage<Claim> claim(SessionKey key) {
            return CompletableFuture.completedFuture(new Found(shared));
          }
        };
    Supplier<SpecialistConnector> broken =
        () -> {
          throw new IllegalStateException("no such bean");
        };
    IOException failure = new IOException("unreachable");
    try (SpecialistSessions sessions =
        new SpecialistSessions(
            name -> new Specialist(name, settings.settle(name, List.of()), broken),
            store,
            settings,
            Ticker.systemTicker(),
            Scheduler.disabledScheduler(),
            null,
            null,
            null)) {
      SessionWork<String, IOException> failing =
          session -> {
            throw failure;
          };
      assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, failing))
          .isSameAs(failure);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void otherThreadsOfACallAreNotHeldUpAfterAReopening(boolean fails) {
    try (Engine engine = new Engine()) {
      SessionContext[] context = new SessionContext[1];
      AtomicInteger runs = new AtomicInteger();
      Throwable thrown =
          catchThrowable(
              () ->
                  engine.sessions.<String, IOException>call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        context[0] = session;
                        if (runs.incrementAndGet() == 1) {
                          engine.specialist.failOpensWith(fails ? new IOException("down") : null);
                          throw new NotFoundException();
                        }
                        return bindElsewhere(session);
                      }));
      assertThat(thrown != null).isEqualTo(fails);
      assertThat(bindElsewhere(context[0])).isEqualTo("IllegalStateException");
    }
  }

  private static String bindElsewhere(SessionContext session) {
    return Crowd.onAnotherThread(
        () -> String.valueOf(catchThrowable(() -> session.bind("id")).getClass().getSimpleName()));
  }
}
