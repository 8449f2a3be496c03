package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a connector does, its caller gets a clear outcome and the next call on the key works.
 */
@Timeout(120)
class MisbehavingConnectorTests {

  /** An answer of {@code open} that is no session. */
  private interface Answer {
    @Nullable String answer() throws Exception;
  }

  /** Gives its one answer, and from then on behaves. */
  private static final class Once implements SpecialistConnector {

    private final AtomicReference<@Nullable Answer> next;
    private final CountDownLatch held;

    Once(Answer answer, CountDownLatch held) {
      this.next = new AtomicReference<>(answer);
      this.held = held;
    }

    @Override
    public @Nullable String open(SessionKey key) throws Exception {
      Answer answer = next.getAndSet(null);
      if (answer == null) {
        return "good";
      }
      held.await();
      return answer.answer();
    }
  }

  private static int endless(int depth) {
    return depth < 0 ? depth : endless(depth + 1) + 1;
  }

  /** As Kotlin, Groovy and Lombok do. */
  @SuppressWarnings("unchecked")
  static <X extends Throwable> RuntimeException undeclared(Throwable failure) throws X {
    throw (X) failure;
  }

  private static Arguments failing(String name, Answer answer, @Nullable String told) {
    return Arguments.of(name, answer, told);
  }

  static Stream<Arguments> answers() {
    String failed = "No session of specialist 'marketing': the connector failed with ";
    return Stream.of(
        failing("checked", () -> failWith(new IOException("down")), failed + "IOException"),
        failing("unchecked", () -> failWith(new IllegalStateException()), failed + "Illegal"),
        failing("interrupted alone", () -> failWith(new InterruptedException()), "interrupted"),
        failing("error", () -> failWith(new AssertionError("broken")), null),
        failing("linkage", () -> failWith(new NoClassDefFoundError("gone")), null),
        failing("abort", () -> failWith(new ThreadDeathLike()), null),
        failing("overflow", () -> "id" + endless(0), null),
        failing("bare throwable", () -> failWith(new Throwable("bare")), failed + "Throwable"),
        failing("empty", () -> "", failed + "IllegalArgumentException"),
        failing("blank", () -> " \t ", failed + "IllegalArgumentException"),
        failing("huge", () -> "x".repeat(50_000_000), failed + "IllegalArgumentException"),
        failing("header", () -> "id\r\nX-Admin: true", failed + "IllegalArgumentException"),
        failing("null character", () -> "id\0", failed + "IllegalArgumentException"));
  }

  private static String failWith(Throwable failure) {
    throw MisbehavingConnectorTests.<RuntimeException>undeclared(failure);
  }

  /** What aborts a thread from outside. */
  private static final class ThreadDeathLike extends Error {
    private static final long serialVersionUID = 1L;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("answers")
  void whatOpenAnswersIsToldToAllWhoWaitAndTheNextCallOpens(
      String name, Answer answer, @Nullable String told) throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    try (Engine engine = new Engine(new Once(answer, held), settings -> settings)) {
      Threads leader = new Threads();
      Threads waiter = new Threads();
      FutureTask<@Nullable Throwable> led = leader.start(1, () -> engine.idOf(ACME)).get(0);
      leader.awaitAllWaiting();
      FutureTask<@Nullable Throwable> waited = waiter.start(1, () -> engine.idOf(ACME)).get(0);
      waiter.awaitAllWaiting();
      held.countDown();

      assertTold(Crowd.get(led), told);
      if (name.equals("interrupted alone")) {
        assertThat(Crowd.get(waited)).isNull(); // it led instead
      } else {
        assertTold(Crowd.get(waited), told);
      }
      assertThat(engine.idOf(ACME)).isEqualTo("good");
      assertThat(engine.counts().opened()).isOne();
    }
  }

  private static void assertTold(@Nullable Throwable failure, @Nullable String message) {
    if (message == null) {
      assertThat(failure).isInstanceOf(Error.class);
    } else {
      assertThat(failure).isInstanceOf(SessionOpenException.class).hasMessageContaining(message);
      assertThat(Objects.requireNonNull(failure).getMessage()).hasSizeLessThan(200);
    }
  }

  /** Only the specialist could tell them apart; each is kept, lost and closed by its own key. */
  @Test
  void anIdThatTwoKeysAreGivenIsTwoSessions() {
    Map<SessionKey, Integer> closed = new ConcurrentHashMap<>();
    SpecialistConnector forgetful =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "same";
          }

          @Override
          public void close(SessionKey key, String id) {
            closed.merge(key, 1, Integer::sum);
          }
        };
    try (Engine engine = new Engine(forgetful, settings -> settings)) {
      engine.idOf(ACME);
      engine.idOf(GLOBEX);
      engine.sessions.evict(ACME);
      engine.runCloses();
      assertThat(closed).containsExactly(Map.entry(ACME, 1));
      assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 1, 0, 0));
      assertThat(engine.idOf(GLOBEX)).isEqualTo("same");
      assertThat(engine.counts().opened()).isEqualTo(2);
    }
    assertThat(closed).containsOnly(Map.entry(ACME, 1), Map.entry(GLOBEX, 1));
  }

  static Stream<Throwable> judgements() {
    return Stream.of(
        new IllegalStateException("judge"),
        new IOException("undeclared"),
        new StackOverflowError(),
        new ThreadDeathLike());
  }

  @ParameterizedTest
  @MethodSource("judgements")
  void aConnectorThatFailsToJudgeKeepsTheSession(Throwable judgement) {
    SpecialistConnector judging =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id-" + System.identityHashCode(new Object());
          }

          @Override
          public boolean isLost(SessionKey key, String id, Throwable failure) {
            throw MisbehavingConnectorTests.<RuntimeException>undeclared(judgement);
          }
        };
    try (Engine engine = new Engine(judging, settings -> settings)) {
      String id = engine.idOf(ACME);
      IllegalArgumentException failure = new IllegalArgumentException("the method's own");
      Throwable thrown =
          catchThrowable(
              () ->
                  engine.sessions.call(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> {
                        throw failure;
                      }));
      if (judgement instanceof Error) {
        assertThat(thrown).isSameAs(judgement).hasSuppressedException(failure);
      } else {
        assertThat(thrown).isSameAs(failure);
      }
      assertThat(engine.idOf(ACME)).isEqualTo(id);
      assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 1, 0, 0, 0, 0));
    }
  }

  @ParameterizedTest
  @MethodSource("judgements")
  void aCloseThatFailsInAnyWayIsTriedAgainAndThenCounted(Throwable failure) {
    AtomicInteger left = new AtomicInteger(4);
    SpecialistConnector failing =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public void close(SessionKey key, String id) {
            if (left.getAndDecrement() <= 0) {
              return;
            }
            throw MisbehavingConnectorTests.<RuntimeException>undeclared(failure);
          }
        };
    try (Engine engine = new Engine(failing, settings -> settings)) {
      engine.idOf(ACME);
      engine.sessions.evict(ACME);
      for (int i = 0; i < 4; i++) {
        assertThat(engine.counts().draining()).isOne();
        engine.runCloses();
        engine.scheduler.advance(Duration.ofMinutes(1));
      }
      assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 0, 0, 1));
      assertThat(engine.idOf(ACME)).isEqualTo("id");
    }
  }

  @Test
  void aCloseThatHangsIsGivenUpAtShutdownAndBlocksNoCallBefore() {
    CountDownLatch interrupted = new CountDownLatch(1);
    SpecialistConnector hanging =
        new SpecialistConnector() {
          @Override
          public String open(SessionKey key) {
            return "id";
          }

          @Override
          public void close(SessionKey key, String id) throws Exception {
            try {
              new CountDownLatch(1).await();
            } finally {
              interrupted.countDown();
            }
          }
        };
    SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("marketing", hanging).build();
    for (int i = 0; i < 6; i++) {
      sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      sessions.evict(ACME);
    }
    sessions.close();
    SessionCounts counts = Crowd.onAnotherThread(() -> unclosed(sessions, interrupted));
    assertThat(counts).isEqualTo(new SessionCounts(6, 0, 0, 0, 0, 6));
    sessions.start();
    assertThat(
            sessions.<String, RuntimeException>call(
                ACME, SessionPolicy.DEFAULT, SessionContext::id))
        .isEqualTo("id");
    sessions.close();
  }

  private static SessionCounts unclosed(SpecialistSessions sessions, CountDownLatch interrupted)
      throws InterruptedException {
    interrupted.await();
    while (sessions.snapshot().total().draining() > 0) {
      Thread.onSpinWait();
    }
    return sessions.snapshot().total();
  }

  @Test
  void anOpenThatWaitsForItsOwnKeyOnAnotherThreadIsAbandoned() {
    AtomicReference<@Nullable SpecialistSessions> engine = new AtomicReference<>();
    AtomicReference<@Nullable Throwable> inner = new AtomicReference<>();
    SpecialistConnector selfish =
        key -> {
          if (inner.get() == null) {
            Threads other = new Threads();
            SpecialistSessions sessions = Objects.requireNonNull(engine.get());
            inner.set(
                Crowd.get(
                    other
                        .start(
                            1, () -> sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id))
                        .get(0)));
          }
          return "id";
        };
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", selfish)
            .settings(SessionSettings.builder().openTimeout(Duration.ofMillis(50)).build())
            .build()) {
      engine.set(sessions);
      assertThatThrownBy(() -> sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id))
          .isInstanceOf(SessionOpenException.class)
          .hasMessageContaining("its opening took longer than open-timeout");
      assertThat(inner.get()).hasMessageContaining("its opening took longer than open-timeout");
      String id = sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      assertThat(id).isEqualTo("id");
    }
  }

  @Test
  void anOpenMayCallForAnotherKey() {
    AtomicReference<@Nullable Engine> self = new AtomicReference<>();
    SpecialistConnector curious =
        key -> {
          Engine engine = Objects.requireNonNull(self.get());
          return key.equals(ACME) ? "for " + engine.idOf(GLOBEX) : "other";
        };
    try (Engine engine = new Engine(curious, settings -> settings)) {
      self.set(engine);
      assertThat(engine.idOf(ACME)).isEqualTo("for other");
      assertThat(engine.idOf(GLOBEX)).isEqualTo("other");
      assertThat(engine.counts().opened()).isEqualTo(2);
    }
  }

  @Test
  void anInterruptWhileQueueingEndsOnlyThatCall() {
    try (Engine engine = new Engine()) {
      SessionPolicy exclusive = new SessionPolicy(true, List.of());
      CountDownLatch first = new CountDownLatch(1);
      Threads running = new Threads();
      var ran = running.start(1, () -> engine.sessions.call(ACME, exclusive, c -> hold(first)));
      running.awaitAllWaiting();
      Threads interrupted = new Threads();
      var refused =
          interrupted.start(
              1,
              () -> {
                try {
                  return engine.sessions.call(ACME, exclusive, SessionContext::id);
                } finally {
                  assertThat(Thread.currentThread().isInterrupted()).isTrue();
                }
              });
      interrupted.awaitAllWaiting();
      Threads last = new Threads();
      var served = last.start(1, () -> engine.sessions.call(ACME, exclusive, SessionContext::id));
      last.awaitAllWaiting();
      interrupted.interrupt();
      assertThat(Crowd.get(refused.get(0)))
          .isInstanceOf(SessionOpenException.class)
          .hasMessageContaining("the wait for exclusive use was interrupted");
      first.countDown();
      assertThat(Crowd.get(ran.get(0))).isNull();
      assertThat(Crowd.get(served.get(0))).isNull();
    }
  }

  private static String hold(CountDownLatch latch) throws InterruptedException {
    latch.await();
    return "held";
  }
}
