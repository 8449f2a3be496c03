package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the engine does with a store that other processes share. */
class SharedStoreTests {

  private static final SessionKey ACME = Engine.ACME;
  private static final Duration OPEN_TIMEOUT = Duration.ofSeconds(30);
  private static final Duration LEARN_TIMEOUT = Duration.ofMinutes(2);

  /** A store whose claims complete when another process, here the test, lets them. */
  private static final class SlowStore extends HeldStore {

    final Queue<CompletableFuture<Claim>> claims = new ConcurrentLinkedQueue<>();
    final List<String> told = new CopyOnWriteArrayList<>();
    volatile @Nullable RuntimeException publishing;
    volatile @Nullable Session winner;
    volatile @Nullable CompletableFuture<Claim> ready;
    volatile boolean deaf;

    @Override
    public @Nullable Session find(SessionKey key, long nanos) {
      return null;
    }

    @Override
    public CompletionStage<Claim> claim(SessionKey key) {
      CompletableFuture<Claim> prepared = ready;
      if (prepared != null) {
        return prepared;
      }
      CompletableFuture<Claim> claim = new CompletableFuture<>();
      claims.add(claim);
      return claim;
    }

    @Override
    public CompletionStage<Session> publish(Session opened) {
      RuntimeException refusal = publishing;
      Session first = winner;
      if (first != null) {
        return CompletableFuture.completedFuture(first);
      }
      return refusal == null ? super.publish(opened) : CompletableFuture.failedFuture(refusal);
    }

    @Override
    public CompletionStage<Boolean> evict(
        SessionKey key, @Nullable Token opening, RemovalCause cause) {
      return deaf ? CompletableFuture.completedFuture(false) : super.evict(key, opening, cause);
    }

    @Override
    public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
      told.add("fail " + opening.low());
    }

    @Override
    public void learn(SessionKey key, Token opening) {
      told.add("learn " + opening.low());
    }

    @Override
    public void closed(Session session) {
      told.add("closed " + session.id());
    }

    CompletableFuture<Claim> nextClaim() {
      for (; ; ) {
        CompletableFuture<Claim> claim = claims.poll();
        if (claim != null) {
          return claim;
        }
        Thread.onSpinWait();
      }
    }
  }

  private final SlowStore store = new SlowStore();
  private final FakeTicker ticker = new FakeTicker();
  private final ForgetfulSpecialist specialist = new ForgetfulSpecialist();
  private final Queue<Runnable> closes = new ConcurrentLinkedQueue<>();
  private final CountDownLatch openMayReturn = new CountDownLatch(1);
  private SpecialistConnector connector = specialist;
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("marketing", key -> connector.open(key))
          .settings(
              SessionSettings.builder()
                  .openTimeout(OPEN_TIMEOUT)
                  .learnTimeout(LEARN_TIMEOUT)
                  .build())
          .store(store)
          .ticker(ticker)
          .closeExecutor(closes::add)
          .build();

  @AfterEach
  void close() {
    openMayReturn.countDown();
    Thread closer = new Thread(sessions::close);
    closer.start();
    while (closer.isAlive()) {
      Runnable close = closes.poll();
      if (close != null) {
        close.run();
      }
      Thread.onSpinWait();
    }
  }

  private String idOfAcme() {
    return sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
  }

  private static SessionStore.Granted granted(long number) {
    return new SessionStore.Granted(new Token(0, number));
  }

  private @Nullable Throwable failureOf(FutureTask<@Nullable Throwable> call) throws Exception {
    return call.get(60, java.util.concurrent.TimeUnit.SECONDS);
  }

  @Test
  void callersWaitForAnotherProcessAndShareItsSession() {
    FutureTask<String> first = Crowd.start(this::idOfAcme);
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    FutureTask<String> second = Crowd.start(this::idOfAcme);
    claim.complete(new SessionStore.Found(new Session(ACME, "theirs", Token.random(), 0, false)));
    assertThat(Crowd.get(first)).isEqualTo("theirs");
    // The second joined the first's claim, or came after it and claims anew.
    while (!second.isDone()) {
      CompletableFuture<SessionStore.Claim> again = store.claims.poll();
      if (again != null) {
        again.complete(
            new SessionStore.Found(new Session(ACME, "theirs", Token.random(), 0, false)));
      }
    }
    assertThat(Crowd.get(second)).isEqualTo("theirs");
    assertThat(specialist.opened).hasValue(0);
  }

  @Test
  void timeToOpenCountsFromTheGrant() {
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    ticker.advance(LEARN_TIMEOUT.minusSeconds(1));
    claim.complete(granted(1));
    assertThat(Crowd.get(call)).isEqualTo("id-1");
    assertThat(store.told).isEmpty();
  }

  @Test
  void whatTheStoreSaysReachesEveryCallerAsItsOwn() throws Exception {
    Threads threads = new Threads();
    List<FutureTask<@Nullable Throwable>> calls = threads.start(3, this::idOfAcme);
    threads.awaitAllWaiting();
    store
        .nextClaim()
        .completeExceptionally(new SessionOpenException("another process failed", null));
    for (FutureTask<@Nullable Throwable> call : calls) {
      assertThat(failureOf(call))
          .isInstanceOf(SessionOpenException.class)
          .hasMessage("another process failed");
    }
  }

  @Test
  void aFailureOfTheStoreIsNotTheConnectors() {
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().completeExceptionally(new IllegalArgumentException("broken"));
    assertThatThrownBy(() -> Crowd.get(call))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageEndingWith("the store failed with IllegalArgumentException")
        .hasCauseInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void whatAnotherProcessHasVoidedIsClosedAndSaidAsTheStoreSaysIt() {
    store.publishing = new SessionOpenException("it was evicted meanwhile", null);
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(1));
    assertThatThrownBy(() -> Crowd.get(call))
        .isInstanceOf(SessionOpenException.class)
        .hasMessage("it was evicted meanwhile");
    assertThat(closes).hasSize(1);
    assertThat(sessions.snapshot().total().draining()).isEqualTo(1);
  }

  @Test
  void anOpeningThatTheStoreDoesNotKeepIsGivenBack() {
    store.publishing = new IllegalStateException("unreachable");
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(3));
    assertThatThrownBy(() -> Crowd.get(call)).isInstanceOf(SessionOpenException.class);
    assertThat(store.told).containsExactly("fail 3");
  }

  @Test
  void anOpeningThatReturnsTooLateIsGivenBackAndClosed() {
    connector =
        key -> {
          ticker.advance(OPEN_TIMEOUT);
          return specialist.open(key);
        };
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(4));
    assertThatThrownBy(() -> Crowd.get(call)).hasMessageContaining("longer than open-timeout");
    assertThat(store.told).containsExactly("fail 4");
    assertThat(closes).hasSize(1);
  }

  @Test
  void theSessionThatAnotherProcessStoredFirstIsUsedAndOurOwnClosed() {
    store.winner = new Session(ACME, "theirs", Token.random(), 0, false);
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(1));
    assertThat(Crowd.get(call)).isEqualTo("theirs");
    closes.remove().run();
    assertThat(closes).isEmpty();
    assertThat(store.told).containsExactly("closed id-1");
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void aClaimIsCancelledWhereTheCallHasNoTimeLeftAndTheNextWaiterClaims() throws Exception {
    // Its deadline is near, whatever the flight's: the wait itself is what ends it.
    RetryExecutor retries = RetryExecutor.builder().build();
    RetryOperation brief =
        retries.operation(
            "brief", RetryPolicy.builder().maxRetries(0).timeout(Duration.ofMillis(1)).build());
    Threads threads = new Threads();
    FutureTask<@Nullable Throwable> first =
        threads.start(1, () -> retries.call(brief, attempt -> idOfAcme())).get(0);
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    assertThat(failureOf(first))
        .isInstanceOf(SessionOpenException.class)
        .hasMessageContaining("the time of the call ran out");
    assertThat(claim).isCancelled();
    FutureTask<String> second = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(1));
    assertThat(Crowd.get(second)).isEqualTo("id-1");
  }

  @Test
  void anInterruptedLeaderCancelsItsClaim() throws Exception {
    Threads threads = new Threads();
    FutureTask<@Nullable Throwable> call = threads.start(1, this::idOfAcme).get(0);
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    threads.awaitAllWaiting();
    threads.interrupt();
    assertThat(failureOf(call)).isInstanceOf(SessionOpenException.class);
    assertThat(claim).isCancelled();
  }

  @Test
  void evictingTheTenantCancelsTheClaim() throws Exception {
    Threads threads = new Threads();
    FutureTask<@Nullable Throwable> call = threads.start(1, this::idOfAcme).get(0);
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    sessions.evictTenant("acme");
    assertThat(failureOf(call)).hasMessageContaining("the tenant was evicted meanwhile");
    assertThat(claim).isCancelled();
  }

  @Test
  void anOpeningGrantedAfterItsEvictionIsGivenBack() {
    store.ready =
        new CompletableFuture<>() {
          @Override
          public SessionStore.Claim get(long time, java.util.concurrent.TimeUnit unit) {
            sessions.evict(ACME);
            return granted(9);
          }
        };
    assertThatThrownBy(this::idOfAcme).hasMessageContaining("the session was evicted meanwhile");
    assertThat(store.told).containsExactly("fail 9");
    assertThat(specialist.opened).hasValue(0);
  }

  @Test
  void aSessionThatTheStoreKeepsThoughItHasLeftIsEvictedAndAnotherOpened() throws Exception {
    Session dead = new Session(ACME, "dead", Token.random(), 0, false);
    dead.leave();
    for (boolean later : new boolean[] {false, true}) {
      HeldStore keeping =
          new HeldStore() {
            private volatile boolean evicted;

            @Override
            public CompletionStage<Claim> claim(SessionKey key) {
              return evicted
                  ? super.claim(key)
                  : CompletableFuture.completedFuture(new Found(dead));
            }

            @Override
            public CompletionStage<Boolean> evict(
                SessionKey key, @Nullable Token opening, RemovalCause cause) {
              evicted |= dead.token().equals(opening);
              return CompletableFuture.completedFuture(true);
            }
          };
      try (SpecialistSessions kept =
          SpecialistSessions.builder()
              .specialist("marketing", key -> "new")
              .store(keeping)
              .build()) {
        CompletableFuture<String> call =
            later
                ? kept.callAsync(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> CompletableFuture.completedFuture(session.id()))
                : CompletableFuture.supplyAsync(
                    () -> kept.call(ACME, SessionPolicy.DEFAULT, SessionContext::id));
        assertThat(call.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("new");
      }
    }
  }

  @Test
  void whatTheStoreFailsToEvictWithReachesWhoAskedForIt() {
    for (Exception failure :
        List.of(new IllegalStateException("unreachable"), new java.io.IOException("down"))) {
      HeldStore failing =
          new HeldStore() {
            @Override
            public CompletionStage<Integer> evictTenant(String tenant) {
              return CompletableFuture.failedFuture(failure);
            }
          };
      try (SpecialistSessions evicting =
          SpecialistSessions.builder().specialist("marketing", specialist).store(failing).build()) {
        Throwable thrown = catchThrowable(() -> evicting.evictTenant("acme"));
        if (failure instanceof RuntimeException) {
          assertThat(thrown).isSameAs(failure);
        } else {
          assertThat(thrown).isInstanceOf(CompletionException.class).hasCause(failure);
        }
      }
    }
  }

  @Test
  void aSessionThatIsLostBeforeItIsJoinedIsNotUsed() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    HeldStore losing =
        new HeldStore() {
          @Override
          public CompletionStage<Session> publish(Session opened) {
            CompletionStage<Session> published = super.publish(opened);
            if (opened.id().equals("id-1")) {
              super.evict(opened.key(), opened.token(), RemovalCause.LOST);
            }
            return published;
          }
        };
    try (SpecialistSessions shared =
        SpecialistSessions.builder()
            .specialist(
                "marketing",
                key -> {
                  opening.await();
                  return specialist.open(key);
                })
            .store(losing)
            .build()) {
      Threads threads = new Threads();
      threads.start(1, () -> shared.call(ACME, SessionPolicy.DEFAULT, SessionContext::id));
      threads.awaitAllWaiting();
      Threads joining = new Threads();
      List<String> ids = new CopyOnWriteArrayList<>();
      FutureTask<@Nullable Throwable> joined =
          joining
              .start(1, () -> ids.add(shared.call(ACME, SessionPolicy.DEFAULT, SessionContext::id)))
              .get(0);
      joining.awaitAllWaiting();
      CompletableFuture<String> later =
          shared.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.completedFuture(session.id()));
      opening.countDown();
      assertThat(later.get(20, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("id-2");
      assertThat(failureOf(joined)).isNull();
      assertThat(ids).containsExactly("id-2");
    }
  }

  @Test
  void aClaimThatIsEvictedWhileItIsMadeIsCancelled() {
    CompletableFuture<SessionStore.Claim> claim = new CompletableFuture<>();
    SpecialistSessions[] engine = new SpecialistSessions[1];
    HeldStore evicting =
        new HeldStore() {
          @Override
          public CompletionStage<Claim> claim(SessionKey key) {
            engine[0].evict(key);
            return claim;
          }
        };
    try (SpecialistSessions evicted =
        SpecialistSessions.builder().specialist("marketing", specialist).store(evicting).build()) {
      engine[0] = evicted;
      assertThatThrownBy(() -> evicted.call(ACME, SessionPolicy.DEFAULT, SessionContext::id))
          .hasMessageContaining("the session was evicted meanwhile");
      assertThat(claim).isCancelled();
    }
  }

  @Test
  void anAbandonedOpeningIsGivenBackBeforeItReturns() throws Exception {
    CountDownLatch opening = new CountDownLatch(1);
    connector =
        key -> {
          opening.countDown();
          openMayReturn.await();
          return "late";
        };
    FutureTask<String> late = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(7));
    opening.await();
    ticker.advance(OPEN_TIMEOUT);
    connector = key -> "prompt";
    FutureTask<String> next = Crowd.start(this::idOfAcme);
    CompletableFuture<SessionStore.Claim> second = store.nextClaim();
    assertThat(store.told).containsExactly("fail 7");
    second.complete(granted(8));
    assertThat(Crowd.get(next)).isEqualTo("prompt");
    openMayReturn.countDown();
    assertThatThrownBy(() -> Crowd.get(late)).isInstanceOf(SessionOpenException.class);
  }

  @Test
  void theStoreHearsThatAnIdIsLeftToTheFirstReply() {
    connector = key -> null;
    FutureTask<String> call =
        Crowd.start(
            () ->
                sessions.call(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> {
                      assertThat(store.told).containsExactly("learn 5");
                      session.bind("named");
                      return session.id();
                    }));
    store.nextClaim().complete(granted(5));
    assertThat(Crowd.get(call)).isEqualTo("named");
    assertThat(store.told).containsExactly("learn 5");
  }

  @Test
  void theStoreHearsOfEveryCloseButThoseLeftAtShutdown() {
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(1));
    Crowd.get(call);
    assertThat(sessions.evict(ACME)).isTrue();
    assertThat(store.told).isEmpty();
    closes.remove().run();
    assertThat(store.told).containsExactly("closed id-1");

    FutureTask<String> another = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(2));
    Crowd.get(another);
    Thread.currentThread().interrupt();
    sessions.close();
    assertThat(Thread.interrupted()).isTrue();
    closes.remove().run();
    assertThat(store.told).containsExactly("closed id-1");
    assertThat(sessions.snapshot().total()).isEqualTo(new SessionCounts(2, 0, 0, 1, 0, 1));
  }

  @Test
  void theStoreHearsThatASessionCouldNotBeClosedForGood() {
    FakeScheduler scheduler = new FakeScheduler(ticker);
    try (SpecialistSessions failing =
        SpecialistSessions.builder()
            .specialist("marketing", specialist)
            .store(store)
            .ticker(ticker)
            .scheduler(scheduler)
            .closeExecutor(Runnable::run)
            .build()) {
      store.ready = CompletableFuture.completedFuture(granted(1));
      specialist.failingCloses.set(4);
      failing.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      assertThat(failing.evict(ACME)).isTrue();
      assertThat(store.told).isEmpty();
      scheduler.advance(Duration.ofMinutes(1));
      assertThat(store.told).containsExactly("closed id-1");
      assertThat(failing.snapshot().total().unclosed()).isEqualTo(1);
    }
  }

  private void loseTheFirst(Runnable before) {
    FutureTask<String> call =
        Crowd.start(
            () ->
                sessions.call(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> {
                      if (session.id().equals("id-1")) {
                        before.run();
                        throw new SessionLostException("forgotten");
                      }
                      return session.id();
                    }));
    store.nextClaim().complete(granted(1));
    store.nextClaim().complete(granted(2));
    assertThat(Crowd.get(call)).isEqualTo("id-2");
  }

  @Test
  void theStoreHearsThatASessionIsLostThatHadLeft() {
    loseTheFirst(() -> sessions.evict(ACME));
    assertThat(closes).isEmpty();
    assertThat(store.told).containsExactly("closed id-1");
  }

  @Test
  void theStoreHearsThatASessionIsLostThatLeavesLater() {
    loseTheFirst(() -> store.deaf = true);
    store.deaf = false;
    assertThat(sessions.evict(ACME)).isTrue();
    assertThat(store.told).containsExactly("closed id-1");
    assertThat(sessions.snapshot().total().lost()).isEqualTo(1);
  }

  private CompletableFuture<String> idOfAcmeLater() {
    return sessions.callAsync(
        ACME, SessionPolicy.DEFAULT, session -> CompletableFuture.completedFuture(session.id()));
  }

  private static void assertFails(CompletableFuture<String> call, String message) {
    assertThatThrownBy(() -> call.get(60, java.util.concurrent.TimeUnit.SECONDS))
        .hasCauseInstanceOf(SessionOpenException.class)
        .hasMessageContaining(message);
  }

  @Test
  void whatTheStoreSaysReachesCallsThatHoldNoThreadAndTheNextClaims() throws Exception {
    CompletableFuture<String> told = idOfAcmeLater();
    store
        .nextClaim()
        .completeExceptionally(new SessionOpenException("another process failed", null));
    assertFails(told, "another process failed");
    CompletableFuture<String> broken = idOfAcmeLater();
    store.nextClaim().completeExceptionally(new IllegalArgumentException("broken"));
    assertFails(broken, "the store failed with IllegalArgumentException");
    CompletableFuture<String> next = idOfAcmeLater();
    store.nextClaim().complete(granted(1));
    assertThat(next.get(60, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo("id-1");
  }

  @Test
  void callsThatHoldNoThreadUseWhatAnotherProcessHasOpened() throws Exception {
    for (String id : List.of("theirs", "their next")) {
      CompletableFuture<String> call = idOfAcmeLater();
      store
          .nextClaim()
          .complete(new SessionStore.Found(new Session(ACME, id, Token.random(), 0, false)));
      assertThat(call.get(60, java.util.concurrent.TimeUnit.SECONDS)).isEqualTo(id);
    }
    assertThat(specialist.opened).hasValue(0);
  }

  @Test
  void evictingTheTenantCancelsTheClaimOfACallThatHoldsNoThread() {
    CompletableFuture<String> call = idOfAcmeLater();
    CompletableFuture<SessionStore.Claim> claim = store.nextClaim();
    sessions.evictTenant("acme");
    assertFails(call, "the tenant was evicted meanwhile");
    assertThat(claim).isCancelled();
  }

  @Test
  void anOpeningThatFailsIsGivenBackByACallThatHoldsNoThread() {
    connector =
        key -> {
          throw new IllegalStateException("down");
        };
    CompletableFuture<String> call = idOfAcmeLater();
    store.nextClaim().complete(granted(6));
    assertFails(call, "the connector failed with IllegalStateException");
    assertThat(store.told).containsExactly("fail 6");
  }

  @Test
  void anOpeningThatEndsInAnErrorIsGivenBack() {
    connector =
        key -> {
          throw new StackOverflowError();
        };
    FutureTask<String> call = Crowd.start(this::idOfAcme);
    store.nextClaim().complete(granted(7));
    assertThatThrownBy(() -> Crowd.get(call)).isInstanceOf(StackOverflowError.class);
    assertThat(store.told).containsExactly("fail 7");
  }
}
