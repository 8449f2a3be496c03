package dev.switchboard.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionLostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What every call may rely on; each pair of form and advice runs all of it. */
@ExtendWith(BehaviourRecorder.class)
@Timeout(60)
abstract class BehaviourSuite {

  final Form<?> form;
  final Advice advice;
  private @Nullable World opened;
  private final ExecutorService threads = Executors.newCachedThreadPool();

  BehaviourSuite(Form<?> form, Advice advice) {
    this.form = form;
    this.advice = advice;
  }

  @BeforeEach
  void open() {
    opened = World.of(form, advice);
  }

  @AfterEach
  void close() {
    threads.shutdownNow();
    if (opened != null) {
      opened.close();
    }
  }

  private World world() {
    return Objects.requireNonNull(opened);
  }

  private Calls calls() {
    return world().calls;
  }

  private static String id() {
    return SessionContext.current().id();
  }

  private static IOException unavailable() {
    return new IOException("unavailable");
  }

  @Test
  void sessionIsOpenedOnceAndSharedByLaterCalls() throws Exception {
    assertThat(calls().ask("acme", BehaviourSuite::id)).isEqualTo("id-1");
    assertThat(calls().alone("acme", BehaviourSuite::id)).isEqualTo("id-1");
    assertThat(calls().ask("globex", BehaviourSuite::id)).isEqualTo("id-2");
    assertThat(world().opened).hasValue(2);
  }

  @Test
  void sessionIsFreshUntilACallHasCompleted() throws Exception {
    Body fresh = () -> String.valueOf(SessionContext.current().isFresh());
    assertThat(calls().ask("acme", fresh)).isEqualTo("true");
    assertThat(calls().ask("acme", fresh)).isEqualTo("false");
  }

  @Test
  void callersOfAColdKeyShareOneOpening() throws Exception {
    int callers = 8;
    CountDownLatch ready = new CountDownLatch(callers);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      answers.add(
          threads.submit(
              () -> {
                ready.countDown();
                ready.await();
                return calls().ask("acme", BehaviourSuite::id);
              }));
    }
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("id-1");
    }
    assertThat(world().opened).hasValue(1);
  }

  @Test
  void lostSessionIsReopenedOnceAndTheNewOneKept() throws Exception {
    AtomicInteger runs = new AtomicInteger();
    String answer =
        calls()
            .ask(
                "acme",
                () -> {
                  if (runs.incrementAndGet() == 1) {
                    throw new SessionLostException("gone");
                  }
                  return id() + " attempt " + RetryContext.current().attempt();
                });
    assertThat(answer).as("recovering is not a retry").isEqualTo("id-2 attempt 1");
    assertThat(calls().ask("acme", BehaviourSuite::id)).isEqualTo("id-2");
  }

  @Test
  void secondLossReachesTheCallerAndIsNotRetried() {
    AtomicInteger runs = new AtomicInteger();
    assertThatThrownBy(
            () ->
                calls()
                    .ask(
                        "acme",
                        () -> {
                          runs.incrementAndGet();
                          throw new SessionLostException("gone");
                        }))
        .isInstanceOf(SessionLostException.class);
    assertThat(runs).hasValue(2);
  }

  @Test
  void retriesStayWithinTheSession() throws Exception {
    List<String> seen = new ArrayList<>();
    String answer =
        calls()
            .ask(
                "acme",
                () -> {
                  seen.add(id() + " " + RetryContext.current().attempt());
                  if (seen.size() <= Calls.MAX_RETRIES) {
                    throw unavailable();
                  }
                  return "done";
                });
    assertThat(answer).isEqualTo("done");
    assertThat(seen).containsExactly("id-1 1", "id-1 2", "id-1 3");
  }

  @Test
  void lossAmongRetriesIsRecoveredWithinItsAttempt() throws Exception {
    List<String> seen = new ArrayList<>();
    calls()
        .ask(
            "acme",
            () -> {
              seen.add(id() + " " + RetryContext.current().attempt());
              switch (seen.size()) {
                case 2 -> throw new SessionLostException("gone");
                case 1, 3 -> throw unavailable();
                default -> {}
              }
              return "done";
            });
    assertThat(seen).containsExactly("id-1 1", "id-1 2", "id-2 2", "id-2 3");
  }

  @Test
  void lastFailureIsThrownAsItWasWithTheEarlierOnesSuppressed() {
    List<IOException> failures = new ArrayList<>();
    Throwable thrown =
        catchThrowable(
            () ->
                calls()
                    .ask(
                        "acme",
                        () -> {
                          failures.add(unavailable());
                          throw failures.get(failures.size() - 1);
                        }));
    assertThat(failures).hasSize(1 + Calls.MAX_RETRIES);
    assertThat(thrown).isSameAs(failures.get(2));
    assertThat(thrown.getSuppressed()).containsExactly(failures.get(0), failures.get(1));
  }

  @Test
  void nestedCallJoinsTheSessionAndItsRetriesAddUp() throws Exception {
    AtomicInteger inner = new AtomicInteger();
    assertThat(calls().alone("acme", () -> calls().alone("acme", BehaviourSuite::id)))
        .as("without waiting for itself")
        .isEqualTo("id-1");
    Body failing =
        () -> {
          inner.incrementAndGet();
          throw unavailable();
        };
    assertThatThrownBy(() -> calls().ask("acme", () -> calls().ask("acme", failing)))
        .isInstanceOf(IOException.class);
    assertThat(inner).as("both are one operation").hasValue(1 + Calls.MAX_RETRIES);
    assertThat(world().opened).hasValue(1);
  }

  @Test
  void exclusiveCallsRunOneAtATime() throws Exception {
    AtomicBoolean busy = new AtomicBoolean();
    AtomicInteger overlaps = new AtomicInteger();
    int callers = 8;
    CountDownLatch ready = new CountDownLatch(callers);
    List<Future<String>> answers = new ArrayList<>();
    for (int i = 0; i < callers; i++) {
      answers.add(
          threads.submit(
              () -> {
                ready.countDown();
                ready.await();
                return calls()
                    .alone(
                        "acme",
                        () -> {
                          if (!busy.compareAndSet(false, true)) {
                            overlaps.incrementAndGet();
                          }
                          for (int turn = 0; turn < 100_000; turn++) {
                            Thread.onSpinWait();
                          }
                          busy.set(false);
                          return id();
                        });
              }));
    }
    for (Future<String> answer : answers) {
      assertThat(answer.get()).isEqualTo("id-1");
    }
    assertThat(overlaps).hasValue(0);
  }

  @Test
  void callsThatAreNotExclusiveRunTogether() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    Body meet =
        () -> {
          both.countDown();
          return String.valueOf(both.await(30, TimeUnit.SECONDS));
        };
    Future<String> other = threads.submit(() -> calls().ask("acme", meet));
    assertThat(calls().ask("acme", meet)).isEqualTo("true");
    assertThat(other.get()).isEqualTo("true");
  }

  @Test
  void sessionIsLearnedFromTheFirstReply() throws Exception {
    Body first =
        () -> {
          assertThat(SessionContext.current().idOrNull()).isNull();
          SessionContext.current().bind("named");
          return "done";
        };
    calls().learn("acme", first);
    assertThat(calls().learn("acme", BehaviourSuite::id)).isEqualTo("named");
  }

  @Test
  void callWithoutATenantIsRefused() {
    AtomicInteger runs = new AtomicInteger();
    Body body = () -> "run " + runs.incrementAndGet();
    assertThatThrownBy(() -> calls().ask(" ", body)).hasMessageContaining("must not be blank");
    assertThat(runs).hasValue(0);
    assertThat(world().opened).hasValue(0);
  }

  @Test
  void contextsEndWithTheCall() throws Exception {
    calls().ask("acme", BehaviourSuite::id);
    assertThatThrownBy(SessionContext::current).hasMessageContaining("@SpecialistSession");
    assertThatThrownBy(RetryContext::current).hasMessageContaining("@RequestScopedRetry");
  }

  @Test
  void contextNamesTheKeyAndTheInvocation() throws Exception {
    List<String> invocations = new ArrayList<>();
    calls()
        .ask(
            "acme",
            () -> {
              assertThat(SessionContext.current(Calls.DESK).key().tenant()).isEqualTo("acme");
              invocations.add(RetryContext.current().invocationId().toString());
              if (invocations.size() == 1) {
                throw unavailable();
              }
              return "done";
            });
    assertThat(invocations).hasSize(2);
    assertThat(invocations.get(0)).isEqualTo(invocations.get(1));
  }
}
