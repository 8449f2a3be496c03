package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.AbortingStore.Abort;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A thread that is aborted at any step of the store leaves no key stuck and nothing open. */
@Timeout(300)
class AbortedStepTests {

  private static final SessionKey OPENED = SessionKey.of("opens", "acme");
  private static final SessionKey LEARNED = SessionKey.of("learns", "acme");
  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  /** What goes on when the abort comes. */
  enum Scene {
    COLD(sessions -> ask(sessions, OPENED)),
    HIT(
        sessions -> {
          ask(sessions, OPENED);
          ask(sessions, OPENED);
        }),
    LOST(sessions -> lose(sessions, OPENED)),
    LEARNED_ID(sessions -> bind(sessions, "a")),
    EXCHANGED_ID(
        sessions -> {
          bind(sessions, "a");
          bind(sessions, "b");
        }),
    UNBOUND(sessions -> ask(sessions, LEARNED)),
    QUEUED(sessions -> sessions.call(OPENED, EXCLUSIVE, SessionContext::id)),
    NESTED(
        sessions ->
            sessions.call(
                OPENED,
                SessionPolicy.DEFAULT,
                context -> {
                  bind(sessions, "n");
                  return ask(sessions, OPENED);
                })),
    LATER(
        sessions -> {
          later(sessions, SessionPolicy.DEFAULT, 0);
          later(sessions, SessionPolicy.DEFAULT, 0);
        }),
    LATER_LOST(sessions -> later(sessions, SessionPolicy.DEFAULT, 1)),
    LATER_QUEUED(sessions -> later(sessions, EXCLUSIVE, 0)),
    EVICTED(
        sessions -> {
          ask(sessions, OPENED);
          sessions.evict(OPENED);
        }),
    EVICTED_IN_USE(
        sessions ->
            sessions.call(OPENED, SessionPolicy.DEFAULT, context -> sessions.evict(OPENED)));

    @SuppressWarnings("ImmutableEnumChecker") // lambdas without state
    private final Consumer<SpecialistSessions> play;

    Scene(Consumer<SpecialistSessions> play) {
      this.play = play;
    }
  }

  private static boolean ask(SpecialistSessions sessions, SessionKey key) {
    return sessions.call(key, SessionPolicy.DEFAULT, context -> context.idOrNull() != null);
  }

  private static void bind(SpecialistSessions sessions, String id) {
    sessions.call(
        LEARNED,
        SessionPolicy.DEFAULT,
        context -> {
          context.bind(id);
          return id;
        });
  }

  private static void lose(SpecialistSessions sessions, SessionKey key) {
    boolean[] lost = new boolean[1];
    sessions.call(
        key,
        SessionPolicy.DEFAULT,
        context -> {
          if (!lost[0]) {
            lost[0] = true;
            throw new SessionLostException("forgotten");
          }
          return "recovered";
        });
  }

  /** A future, which loses its session so many times. */
  private static void later(SpecialistSessions sessions, SessionPolicy policy, int losses) {
    AtomicInteger left = new AtomicInteger(losses);
    CompletableFuture<String> answer =
        sessions.callAsync(
            OPENED,
            policy,
            session ->
                left.getAndDecrement() > 0
                    ? CompletableFuture.failedFuture(new SessionLostException("forgotten"))
                    : CompletableFuture.completedFuture(session.id()));
    try {
      assertThat(answer.get(20, TimeUnit.SECONDS)).isEqualTo("id");
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Abort abort) {
        throw abort;
      }
      throw new AssertionError(e);
    } catch (InterruptedException | TimeoutException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource(Scene.class)
  void noKeyIsStuckAndNothingStaysOpen(Scene scene) {
    int half = 0;
    while (abortAt(scene, half)) {
      half++;
    }
    assertThat(half).isPositive();
  }

  /** Returns whether the scene had so many half steps. */
  private static boolean abortAt(Scene scene, int half) {
    AbortingStore store = new AbortingStore(new FakeTicker());
    SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("opens", key -> "id")
            .specialist("learns", key -> null)
            .store(store)
            .closeExecutor(Runnable::run)
            .build();
    store.abortAfter(half);
    try {
      scene.play.accept(sessions);
    } catch (Abort e) {
      // As expected: it stays itself.
    }
    boolean aborted = store.hasAborted();
    store.never();
    String at = scene + " aborted at half step " + half;
    Boolean found = Crowd.onAnotherThread(() -> ask(sessions, OPENED));
    assertThat(found).as(at).isTrue();
    Crowd.onAnotherThread(
        () -> {
          bind(sessions, "next");
          return true;
        });
    sessions.evictTenant("acme");
    SessionCounts counts = sessions.snapshot().total();
    Engine.assertBalanced(counts);
    assertThat(counts.live() + counts.draining()).as(at + ": " + counts).isZero();
    sessions.close();
    return aborted;
  }
}
