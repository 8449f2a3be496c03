package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.session.ForgetfulSpecialist.NotFoundException;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that fails, or takes its time, masks no failure and leaves no key stuck. */
@Timeout(60)
class FailingStoreTests {

  private final ForgetfulSpecialist specialist = new ForgetfulSpecialist();

  /** Fails at whatever cannot be told later, and at what is asked while it is down. */
  private static final class BrokenStore extends HeldStore {

    boolean down = true;

    private <T> CompletionStage<T> unlessDown(CompletionStage<T> answer) {
      return down ? CompletableFuture.failedFuture(broken()) : answer;
    }

    private static IllegalStateException broken() {
      return new IllegalStateException("the store is down");
    }

    @Override
    public CompletionStage<Session> publish(Session opened) {
      return down ? unlessDown(new CompletableFuture<>()) : super.publish(opened);
    }

    @Override
    public CompletionStage<Boolean> evict(
        SessionKey key, @Nullable Token opening, RemovalCause cause) {
      return down ? unlessDown(new CompletableFuture<>()) : super.evict(key, opening, cause);
    }

    @Override
    public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
      throw broken();
    }

    @Override
    public void learn(SessionKey key, Token opening) {
      throw broken();
    }

    @Override
    public void touch(Session session) {
      throw broken();
    }
  }

  private SpecialistSessions sessions(SessionStore store, SpecialistConnector connector) {
    return SpecialistSessions.builder()
        .specialist("marketing", connector)
        .store(store)
        .closeExecutor(Runnable::run)
        .settings(SessionSettings.builder().openTimeout(Duration.ofHours(1)).build())
        .build();
  }

  private String ask(SpecialistSessions sessions) {
    return sessions.call(ACME, SessionPolicy.DEFAULT, session -> specialist.ask(session, "hi"));
  }

  @Test
  void failedOpeningStaysTheFailureThoughItCannotBeGivenBack() {
    BrokenStore store = new BrokenStore();
    store.down = false;
    try (SpecialistSessions sessions = sessions(store, specialist)) {
      specialist.failOpensWith(new IOException("503"));
      assertThatThrownBy(() -> ask(sessions)).hasRootCauseMessage("503");
      specialist.failOpensWith(null);
      assertThat(ask(sessions)).isEqualTo("id-2:hi");
    }
  }

  @Test
  void sessionThatCanNeitherBeStoredNorGivenBackIsClosed() {
    BrokenStore store = new BrokenStore();
    try (SpecialistSessions sessions = sessions(store, specialist)) {
      assertThatThrownBy(() -> ask(sessions)).isInstanceOf(SessionOpenException.class);
      assertThat(specialist.closed).containsExactly("id-1");
      store.down = false;
      assertThat(ask(sessions)).isEqualTo("id-2:hi");
      assertBalanced(sessions.snapshot().total());
    }
  }

  @Test
  void firstReplyNamesTheSessionThoughTheStoreCannotNoteThatItIsAwaited() {
    BrokenStore store = new BrokenStore();
    store.down = false;
    try (SpecialistSessions sessions = sessions(store, key -> null)) {
      for (int i = 0; i < 2; i++) {
        String id =
            sessions.call(
                ACME,
                SessionPolicy.DEFAULT,
                session -> {
                  session.bind("learned");
                  return session.id();
                });
        assertThat(id).isEqualTo("learned");
      }
    }
  }

  @Test
  void lossThatCannotBeStoredKeepsTheFailureThatToldIt() {
    BrokenStore store = new BrokenStore();
    store.down = false;
    try (SpecialistSessions sessions = sessions(store, specialist)) {
      ask(sessions);
      specialist.forgetAll();
      store.down = true;
      Throwable failure = catchThrowable(() -> ask(sessions));
      store.down = false;
      assertThat(failure).isInstanceOf(SessionOpenException.class);
      assertThat(failure.getSuppressed()).singleElement().isInstanceOf(NotFoundException.class);
    }
  }

  @Test
  void interruptStaysWhereTheStoreTakesItsTime() {
    CompletableFuture<Void> go = new CompletableFuture<>();
    HeldStore slow =
        new HeldStore() {
          @Override
          public CompletionStage<Session> publish(Session opened) {
            return go.thenCompose(done -> super.publish(opened));
          }

          @Override
          public CompletionStage<Boolean> evict(
              SessionKey key, @Nullable Token opening, RemovalCause cause) {
            return go.thenCompose(done -> super.evict(key, opening, cause));
          }
        };
    try (SpecialistSessions sessions = sessions(slow, key -> null)) {
      Throwable failure =
          catchThrowable(
              () ->
                  sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        Thread.currentThread().interrupt();
                        session.bind("learned");
                        return "bound";
                      }));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure).hasCauseInstanceOf(InterruptedException.class);
      go.complete(null);
    }
  }

  @Test
  void interruptStaysWhereTheStoreTakesItsTimeToForgetALostSession() {
    CompletableFuture<Void> go = new CompletableFuture<>();
    HeldStore slow =
        new HeldStore() {
          @Override
          public CompletionStage<Boolean> evict(
              SessionKey key, @Nullable Token opening, RemovalCause cause) {
            return go.thenCompose(done -> super.evict(key, opening, cause));
          }
        };
    AtomicInteger runs = new AtomicInteger();
    try (SpecialistSessions sessions = sessions(slow, specialist)) {
      Throwable failure =
          catchThrowable(
              () ->
                  sessions.<String, RuntimeException>call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        runs.incrementAndGet();
                        Thread.currentThread().interrupt();
                        throw new NotFoundException();
                      }));
      assertThat(Thread.interrupted()).isTrue();
      assertThat(failure)
          .hasMessageContaining("the wait for the store was interrupted")
          .hasSuppressedException(new NotFoundException());
      assertThat(runs).hasValue(1);
      go.complete(null);
    }
  }
}
