package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static dev.switchboard.session.Engine.assertBalanced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.ThreadBindings;
import dev.switchboard.session.ForgetfulSpecialist.NotFoundException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Calls that answer with a future. */
class SessionFutureTests {

  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private final Engine engine = new Engine();
  private final ForgetfulSpecialist specialist = engine.specialist;

  @AfterEach
  void close() {
    assertBalanced(engine.counts());
    engine.close();
  }

  private CompletableFuture<String> ask(SessionKey key) {
    return ask(key, session -> CompletableFuture.supplyAsync(() -> specialist.ask(session, "hi")));
  }

  private CompletableFuture<String> ask(
      SessionKey key, Function<SessionContext, CompletableFuture<String>> work) {
    return engine.sessions.callAsync(key, SessionPolicy.DEFAULT, work::apply);
  }

  private static <T> T get(CompletableFuture<T> future) throws Exception {
    try {
      return future.get(20, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }

  @Test
  void sessionIsOpenedOnceAndShared() throws Exception {
    assertThat(get(ask(ACME))).isEqualTo("id-1:hi");
    assertThat(get(ask(ACME))).isEqualTo("id-1:hi");
    assertThat(engine.ask(ACME)).isEqualTo("id-1:hi");
    assertThat(specialist.opened).hasValue(1);
  }

  @Test
  void crowdOnAColdKeyOpensOnce() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.countDown();
          go.await();
          return specialist.open(key);
        };
    try (Engine held = new Engine(slow, settings -> settings)) {
      List<CompletableFuture<String>> asked = new ArrayList<>();
      for (int i = 0; i < 1000; i++) {
        asked.add(
            held.sessions.callAsync(
                ACME,
                SessionPolicy.DEFAULT,
                session -> CompletableFuture.completedFuture(session.id())));
      }
      opening.await();
      assertThat(asked).noneMatch(CompletableFuture::isDone);
      go.countDown();
      for (CompletableFuture<String> one : asked) {
        assertThat(get(one)).isEqualTo("id-1");
      }
      assertThat(held.counts().opened()).isEqualTo(1);
    }
  }

  @Test
  void callerThatMustNotBlockIsNotBlockedByAnOpening() {
    CountDownLatch go = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          go.await();
          return specialist.open(key);
        };
    try (Engine held = new Engine(slow, settings -> settings)) {
      CompletableFuture<String> asked =
          held.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.completedFuture(session.id()));
      assertThat(asked).isNotDone();
      go.countDown();
      assertThat(asked).succeedsWithin(20, TimeUnit.SECONDS).isEqualTo("id-1");
    }
  }

  @Test
  void sessionIsInUseUntilTheFutureCompletes() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> asked = startedWith(reply);

    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(specialist.closed).isEmpty();
    assertThat(engine.counts().draining()).isEqualTo(1);

    reply.complete("late");
    assertThat(get(asked)).isEqualTo("late");
    engine.runCloses();
    assertThat(specialist.closed).containsExactly("id-1");
  }

  /** A call on a warm session whose work answers with {@code reply}. */
  private CompletableFuture<String> startedWith(CompletableFuture<String> reply) {
    engine.ask(ACME);
    return ask(ACME, session -> reply);
  }

  @Test
  void lateFailureRecoversFromALostSessionAndTheNewIdIsKept() throws Exception {
    engine.ask(ACME);
    specialist.forgetAll();

    assertThat(get(ask(ACME))).isEqualTo("id-2:hi");
    assertThat(get(ask(ACME))).isEqualTo("id-2:hi");
    assertThat(specialist.opened).hasValue(2);
    assertThat(engine.counts().lost()).isEqualTo(1);
  }

  @Test
  void secondLossReachesTheCallerAndIsForgotten() {
    CompletableFuture<String> asked =
        ask(ACME, session -> CompletableFuture.failedFuture(new NotFoundException()));

    assertThatThrownBy(() -> get(asked))
        .isInstanceOf(SessionLostException.class)
        .hasCauseInstanceOf(NotFoundException.class);
    assertThat(engine.counts().lost()).isEqualTo(2);
    assertThat(engine.counts().live()).isZero();
  }

  @Test
  void otherFailuresReachTheCallerAsTheyAre() {
    IllegalArgumentException failure = new IllegalArgumentException();

    assertThatThrownBy(() -> get(ask(ACME, session -> CompletableFuture.failedFuture(failure))))
        .isSameAs(failure);
    assertThatThrownBy(
            () ->
                get(
                    ask(
                        ACME,
                        session -> {
                          throw failure;
                        })))
        .isSameAs(failure);
    assertThatThrownBy(
            () ->
                get(
                    ask(
                        ACME,
                        session ->
                            CompletableFuture.failedFuture(new CompletionException(failure)))))
        .isSameAs(failure);
    assertThat(engine.counts().live()).isEqualTo(1);
  }

  @Test
  void failedOpeningFailsAllThatWaitForItAndIsNotKept() throws Exception {
    specialist.failOpensWith(new IllegalStateException("down"));
    assertThatThrownBy(() -> get(ask(ACME)))
        .isInstanceOf(SessionOpenException.class)
        .hasCauseInstanceOf(IllegalStateException.class);

    specialist.failOpensWith(null);
    assertThat(get(ask(ACME))).isEqualTo("id-2:hi");
  }

  @Test
  void sessionIsFreshUntilAFutureHasCompletedNormally() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    AtomicInteger fresh = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    Function<SessionContext, CompletableFuture<String>> work =
        session -> {
          fresh.addAndGet(session.isFresh() ? 1 : 0);
          begun.countDown();
          return reply;
        };
    CompletableFuture<String> first = ask(ACME, work);
    begun.await();
    CompletableFuture<String> failed =
        ask(ACME, session -> CompletableFuture.failedFuture(new IllegalArgumentException()));
    assertThatThrownBy(() -> get(failed)).isInstanceOf(IllegalArgumentException.class);
    CompletableFuture<String> second = ask(ACME, work);
    reply.complete("");
    get(first);
    get(second);
    get(ask(ACME, work));

    assertThat(fresh).hasValue(2);
  }

  @Test
  void cancellingEndsTheUseAndCancelsTheWork() {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> asked = startedWith(reply);

    asked.cancel(true);

    assertThat(reply).isCancelled();
    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(specialist.closed).containsExactly("id-1");
  }

  @Test
  void timeOutOfTheCallersOwnEndsTheUse() {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> asked = startedWith(reply).orTimeout(1, TimeUnit.MILLISECONDS);

    assertThatThrownBy(() -> get(asked)).isInstanceOf(TimeoutException.class);
    assertThat(reply).failsWithin(20, TimeUnit.SECONDS); // who waits may be told before it
    assertThat(reply).isCancelled();
  }

  @Test
  void callCancelledWhileItsSessionIsOpenedGivesItBack() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.countDown();
          go.await();
          return specialist.open(key);
        };
    try (Engine held = new Engine(slow, settings -> settings)) {
      AtomicInteger ran = new AtomicInteger();
      CompletableFuture<String> asked =
          held.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                ran.incrementAndGet();
                return new CompletableFuture<>();
              });
      opening.await();
      asked.cancel(true);
      go.countDown();

      assertThat(held.idOf(ACME)).isEqualTo("id-1");
      held.sessions.evict(ACME);
      assertThat(held.counts().live()).isZero();
      while (held.counts().closed() == 0) {
        held.runCloses();
        Thread.onSpinWait();
      }
      assertThat(ran).hasValue(0);
    }
  }

  @Test
  void callCancelledWhileItsWorkRunsCancelsItsAnswerAndKeepsTheSessionUntilThen() throws Exception {
    CompletableFuture<CompletableFuture<String>> asked = new CompletableFuture<>();
    CompletableFuture<SessionCounts> meanwhile = new CompletableFuture<>();
    CompletableFuture<String> reply = new CompletableFuture<>();
    SpecialistConnector slow =
        key -> {
          asked.join(); // so that the work runs on this thread, not on the caller's
          return specialist.open(key);
        };
    try (Engine held = new Engine(slow, settings -> settings)) {
      asked.complete(
          held.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> {
                asked.join().cancel(true);
                held.sessions.evict(ACME);
                held.runCloses();
                meanwhile.complete(held.counts());
                return reply;
              }));

      assertThat(get(meanwhile)).isEqualTo(new SessionCounts(1, 0, 1, 0, 0, 0));
      while (held.counts().closed() == 0) {
        held.runCloses();
        Thread.onSpinWait();
      }
      assertThat(reply).isCancelled();
    }
  }

  @Test
  void callCancelledWhileItsSessionIsReplacedGivesTheNewOneBack() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger opens = new AtomicInteger();
    SpecialistConnector slow =
        key -> {
          if (opens.incrementAndGet() == 2) {
            opening.countDown();
            go.await();
          }
          return specialist.open(key);
        };
    try (Engine held = new Engine(slow, settings -> settings)) {
      CompletableFuture<String> asked =
          held.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.failedFuture(new SessionLostException("gone")));
      opening.await();
      asked.cancel(true);
      go.countDown();

      assertThat(held.idOf(ACME)).isEqualTo("id-2");
      held.sessions.evict(ACME);
      while (held.counts().closed() == 0) {
        held.runCloses();
        Thread.onSpinWait();
      }
      assertThat(held.counts()).isEqualTo(new SessionCounts(2, 0, 0, 1, 1, 0));
    }
  }

  @Test
  void exclusiveFuturesRunOneAtATimeInOrderOfArrival() throws Exception {
    List<Integer> order = new ArrayList<>();
    List<CompletableFuture<String>> replies = new ArrayList<>();
    List<CompletableFuture<String>> asked = new ArrayList<>();
    List<CompletableFuture<Void>> started = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      replies.add(new CompletableFuture<>());
      started.add(new CompletableFuture<>());
      asked.add(
          engine.sessions.callAsync(
              ACME,
              EXCLUSIVE,
              session -> {
                order.add(number);
                started.get(number).complete(null);
                return replies.get(number);
              }));
    }
    for (int i = 0; i < 5; i++) {
      get(started.get(i));
      assertThat(order).hasSize(i + 1);
      replies.get(i).complete("");
      get(asked.get(i));
    }
    assertThat(order).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void exclusiveCallThatIsCancelledWhileItWaitsLeavesTheQueue() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    SessionWork<CompletableFuture<String>, RuntimeException> work = session -> reply;
    CompletableFuture<String> first = engine.sessions.callAsync(ACME, EXCLUSIVE, work);
    CompletableFuture<String> second = engine.sessions.callAsync(ACME, EXCLUSIVE, work);
    CompletableFuture<String> third =
        engine.sessions.callAsync(
            ACME, EXCLUSIVE, session -> CompletableFuture.completedFuture("third"));

    second.cancel(true);
    reply.complete("first");

    assertThat(get(first)).isEqualTo("first");
    assertThat(get(third)).isEqualTo("third");
  }

  /** As a subscriber may, whose cancellation comes from another thread than its subscription. */
  @Test
  void exclusiveCallThatIsEndedBeforeItBeginsLeavesTheQueue() throws Exception {
    LateCall call = engine.sessions.later(ACME, EXCLUSIVE, null, null, ThreadBindings.capture());
    call.end(new CancellationException());
    assertThatThrownBy(() -> get(call.begin())).isInstanceOf(CancellationException.class);

    CompletableFuture<String> next =
        engine.sessions.callAsync(
            ACME, EXCLUSIVE, session -> CompletableFuture.completedFuture("next"));
    assertThat(get(next)).isEqualTo("next");
  }

  /** As a task may that was submitted within it, and runs after its end. */
  @Test
  void exclusiveCallQueuesThoughItsThreadWorksForOneThatHasEnded() throws Exception {
    ThreadBindings ended =
        engine.sessions.call(ACME, EXCLUSIVE, session -> ThreadBindings.capture());
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> first = engine.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
    AtomicInteger begun = new AtomicInteger();
    ThreadBindings before = ended.bind();
    CompletableFuture<Integer> second;
    try {
      second =
          engine.sessions.callAsync(
              ACME,
              EXCLUSIVE,
              session -> CompletableFuture.completedFuture(begun.incrementAndGet()));
    } finally {
      before.bind();
    }
    assertThat(begun).hasValue(0);
    reply.complete("first");
    assertThat(get(first)).isEqualTo("first");
    assertThat(get(second)).isEqualTo(1);
  }

  @Test
  void waitForAnExclusiveTurnIsBounded() {
    try (Engine impatient =
        new Engine(settings -> settings.exclusiveWait(java.time.Duration.ofMillis(1)))) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> first =
          impatient.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
      CompletableFuture<String> second =
          impatient.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);

      assertThatThrownBy(() -> get(second))
          .isInstanceOf(SessionOpenException.class)
          .hasMessageContaining("exclusive calls before this one took too long");
      reply.complete("");
      assertThat(first).succeedsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void nestedFutureJoinsTheSessionAndKeepsItBeyondTheEndOfTheEnclosingCall() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    List<CompletableFuture<String>> nested = new ArrayList<>();
    engine.sessions.call(
        ACME,
        EXCLUSIVE,
        session -> {
          nested.add(engine.sessions.callAsync(ACME, EXCLUSIVE, inner -> reply));
          return "";
        });

    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(specialist.closed).isEmpty();
    reply.complete("nested");
    assertThat(get(nested.get(0))).isEqualTo("nested");
    engine.runCloses();
    assertThat(specialist.closed).containsExactly("id-1");
    assertThat(specialist.opened).hasValue(1);
  }

  @Test
  void callsThatBeginEachOtherAndOverlapKeepOnlyThoseThatGoOn() {
    ThreadBindings[] within = {ThreadBindings.capture()};
    AtomicReference<SessionContext> last = new AtomicReference<>();
    List<CompletableFuture<String>> running = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      SessionKey key = SessionKey.of("marketing", "tenant-" + i % 7);
      engine.ask(key); // so that the work runs on this thread
      CompletableFuture<String> answer = new CompletableFuture<>();
      ThreadBindings before = within[0].bind();
      var asked =
          ask(
              key,
              session -> {
                last.set(session);
                within[0] = ThreadBindings.capture();
                return answer;
              });
      before.bind();
      assertThat(asked).isNotDone();
      running.add(answer);
      if (running.size() > 2) {
        running.remove(0).complete("done");
      }
    }
    int kept = 0;
    for (SessionContext each = last.get(); each != null; each = each.enclosing()) {
      kept++;
    }
    assertThat(kept).isLessThanOrEqualTo(4);
    running.forEach(answer -> answer.complete("done"));
  }

  @Test
  void nestedFutureThatLosesTheSessionReplacesItForTheEnclosingCall() throws Exception {
    List<String> ids =
        engine.sessions.call(
            ACME,
            SessionPolicy.DEFAULT,
            session -> {
              specialist.forgetAll();
              String reply = get(ask(ACME));
              return List.of(reply, specialist.ask(session, "outer"));
            });

    assertThat(ids).containsExactly("id-2:hi", "id-2:outer");
    assertThat(engine.counts().opened()).isEqualTo(2);
    assertThat(engine.counts().live()).isEqualTo(1);
  }

  @Test
  void lateLossOfASessionThatAnotherHasReplacedLeavesTheNewOneAlone() throws Exception {
    CompletableFuture<String> slow = new CompletableFuture<>();
    List<CompletableFuture<String>> nested = new CopyOnWriteArrayList<>();
    CompletableFuture<String> done = new CompletableFuture<>();
    CompletableFuture<String> outer =
        ask(
            ACME,
            session -> {
              AtomicInteger runs = new AtomicInteger();
              nested.add(
                  ask(
                      ACME,
                      inner ->
                          runs.incrementAndGet() == 1
                              ? slow
                              : CompletableFuture.completedFuture(inner.id())));
              specialist.forgetAll();
              nested.add(ask(ACME));
              return done;
            });
    while (nested.size() < 2) {
      Thread.onSpinWait();
    }
    assertThat(get(nested.get(1))).isEqualTo("id-2:hi");
    slow.completeExceptionally(new NotFoundException());
    assertThat(get(nested.get(0))).isEqualTo("id-2");
    done.complete("done");
    assertThat(get(outer)).isEqualTo("done");
    assertThat(engine.counts().lost()).isEqualTo(1);
    assertThat(engine.counts().opened()).isEqualTo(2);
  }

  @Test
  void nestedFutureDoesNotQueueBehindItsOwnCallWhoseSessionAnotherHasFoundLost() throws Exception {
    engine.ask(ACME);
    CompletableFuture<String> asked =
        engine.sessions.callAsync(
            ACME,
            EXCLUSIVE,
            outer -> {
              specialist.forgetAll();
              String other = get(CompletableFuture.supplyAsync(() -> engine.ask(ACME)));
              assertThat(other).isEqualTo("id-2:hi");
              return engine.sessions.callAsync(
                  ACME,
                  EXCLUSIVE,
                  inner -> CompletableFuture.supplyAsync(() -> specialist.ask(inner, "in")));
            });

    assertThat(get(asked)).isEqualTo("id-2:in");
    assertThat(engine.counts().opened()).isEqualTo(2);
  }

  @Test
  void contextIsThereWhereTheWorkRunsAndNowhereElse() throws Exception {
    assertThat(get(ask(ACME, session -> CompletableFuture.completedFuture(here()))))
        .isEqualTo("id-1");
    assertThat(get(ask(ACME, session -> CompletableFuture.completedFuture(here()))))
        .isEqualTo("id-1");
    assertThat(ThreadBindings.capture().isEmpty()).isTrue();
  }

  private static String here() {
    return SessionContext.current("marketing").id();
  }

  @Test
  void firstCallLearnsTheIdAndTheOthersWaitForIt() throws Exception {
    SpecialistConnector learning = key -> null;
    try (Engine learner = new Engine(learning, settings -> settings)) {
      CompletableFuture<SessionContext> first = new CompletableFuture<>();
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> leader =
          learner.sessions.callAsync(
              GLOBEX,
              SessionPolicy.DEFAULT,
              session -> {
                first.complete(session);
                return reply;
              });
      CompletableFuture<String> follower =
          learner.sessions.callAsync(
              GLOBEX,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.completedFuture(session.id()));
      SessionContext context = get(first);
      assertThat(follower).isNotDone();
      context.bind("named");
      assertThat(get(follower)).isEqualTo("named");
      reply.complete("done");
      assertThat(get(leader)).isEqualTo("done");
      assertThatThrownBy(() -> context.bind("late")).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void leaderThatEndsUnboundLeavesTheLeadToTheNext() throws Exception {
    SpecialistConnector learning = key -> null;
    try (Engine learner = new Engine(learning, settings -> settings)) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> leader =
          learner.sessions.callAsync(GLOBEX, SessionPolicy.DEFAULT, session -> reply);
      CompletableFuture<String> follower =
          learner.sessions.callAsync(
              GLOBEX,
              SessionPolicy.DEFAULT,
              session -> {
                session.bind("named");
                return CompletableFuture.completedFuture(session.id());
              });
      reply.completeExceptionally(new IllegalArgumentException());
      assertThatThrownBy(() -> get(leader)).isInstanceOf(IllegalArgumentException.class);
      assertThat(get(follower)).isEqualTo("named");
    }
  }

  @Test
  void openThatNeedsItsOwnKeyFailsAtOnce() {
    SpecialistSessions[] sessions = new SpecialistSessions[1];
    SpecialistConnector selfish =
        key ->
            sessions[0]
                .callAsync(
                    key,
                    SessionPolicy.DEFAULT,
                    session -> CompletableFuture.completedFuture(session.id()))
                .get();
    try (Engine reentrant = new Engine(selfish, settings -> settings)) {
      sessions[0] = reentrant.sessions;
      assertThatThrownBy(
              () ->
                  get(
                      reentrant.sessions.callAsync(
                          ACME,
                          SessionPolicy.DEFAULT,
                          session -> CompletableFuture.completedFuture(session.id()))))
          .isInstanceOf(SessionOpenException.class)
          .rootCause()
          .hasMessageContaining("the connector's open needs the very session that it opens");
    }
  }

  @Test
  @SuppressWarnings("NullAway") // as by code that is not checked for nulls
  void futureIsFailedRatherThanTheCall() {
    CompletableFuture<String> none =
        engine.sessions.callAsync(
            SessionKey.of("nobody", "acme"), SessionPolicy.DEFAULT, session -> null);
    assertThat(none).isCompletedExceptionally();

    assertThatThrownBy(() -> get(ask(ACME, session -> null)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the work returned null where a CompletionStage is due, whose end can be seen");

    engine.close();
    assertThatThrownBy(() -> get(ask(ACME)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the application stops");
  }

  @Test
  void cancelledCallIsNotRecovered() {
    CompletableFuture<String> asked =
        ask(ACME, session -> CompletableFuture.failedFuture(new CancellationException()));
    assertThatThrownBy(() -> get(asked)).isInstanceOf(CancellationException.class);
    assertThat(specialist.opened).hasValue(1);
  }

  @Test
  void nestedFutureJoinsTheSessionThoughItHasLeftTheStore() throws Exception {
    String ids =
        get(
            ask(
                ACME,
                outer -> {
                  engine.sessions.evict(ACME);
                  return ask(ACME, inner -> CompletableFuture.completedFuture(inner.id()))
                      .thenApply(inner -> outer.id() + " " + inner);
                }));
    assertThat(ids).isEqualTo("id-1 id-1");
    assertThat(specialist.opened).hasValue(1);
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
    IllegalStateException failure = new IllegalStateException("the storefront's own");
    try (Engine other = new Engine(suspicious, settings -> settings)) {
      CompletableFuture<String> asked =
          other.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              outer ->
                  other.sessions.callAsync(
                      SessionKey.of("storefront", "acme"),
                      SessionPolicy.DEFAULT,
                      inner -> CompletableFuture.failedFuture(failure)));
      assertThatThrownBy(() -> get(asked)).isSameAs(failure);
      assertThat(other.counts().lost()).isZero();
    }
  }

  @Test
  void aReopeningThatFailsKeepsTheLossAsSuppressed() throws Exception {
    get(ask(ACME));
    specialist.forgetAll();
    specialist.failOpensWith(new IOException("down"));
    assertThatThrownBy(() -> get(ask(ACME)))
        .isInstanceOf(SessionOpenException.class)
        .satisfies(
            e -> assertThat(e.getSuppressed()).hasAtLeastOneElementOfType(NotFoundException.class));
  }

  @Test
  void nestedFutureKeepsWhatReplacedItsLostSessionBeyondTheEndOfTheEnclosingCall()
      throws Exception {
    CompletableFuture<String> again = new CompletableFuture<>();
    CompletableFuture<String> reply = new CompletableFuture<>();
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<String> nested =
        engine.sessions.call(
            ACME,
            SessionPolicy.DEFAULT,
            session -> {
              CompletableFuture<String> asked =
                  ask(
                      ACME,
                      inner -> {
                        if (runs.incrementAndGet() == 1) {
                          return CompletableFuture.failedFuture(new NotFoundException());
                        }
                        again.complete(inner.id());
                        return reply;
                      });
              assertThat(get(again)).isEqualTo("id-2");
              return asked;
            });
    engine.sessions.evict(ACME);
    engine.runCloses();
    assertThat(specialist.closed).isEmpty();
    reply.complete("done");
    assertThat(get(nested)).isEqualTo("done");
    engine.runCloses();
    assertThat(specialist.closed).containsExactly("id-2");
  }

  @Test
  void aStoreThatFailsAtTheEndOfAnExclusiveCallDoesNotBlockTheNext() throws Exception {
    HeldStore failing =
        new HeldStore() {
          @Override
          public void touch(Session session) {
            throw new IllegalStateException("unreachable");
          }
        };
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("marketing", specialist).store(failing).build()) {
      for (int i = 0; i < 2; i++) {
        AtomicInteger runs = new AtomicInteger();
        CompletableFuture<Integer> asked =
            sessions.callAsync(
                ACME,
                EXCLUSIVE,
                session -> CompletableFuture.completedFuture(runs.incrementAndGet()));
        assertThat(get(asked)).isEqualTo(1);
      }
    }
  }
}
