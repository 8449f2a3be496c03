package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait for an opening which takes long, on a thread or on none. */
@Timeout(60)
class LateOpeningTests {

  private final AtomicInteger opened = new AtomicInteger();
  private final CountDownLatch opening = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);

  /** Opens the first session when told, others at once. */
  private final SpecialistConnector slow =
      key -> {
        int number = opened.incrementAndGet();
        if (number == 1) {
          opening.countDown();
          go.await();
        }
        return "id-" + number;
      };

  private static CompletableFuture<String> idLater(Engine engine, SessionKey key) {
    return idLater(engine.sessions, key);
  }

  private static CompletableFuture<String> idLater(SpecialistSessions sessions, SessionKey key) {
    return sessions.callAsync(
        key, SessionPolicy.DEFAULT, session -> CompletableFuture.completedFuture(session.id()));
  }

  private static CompletableFuture<String> idLater(Engine engine, Invocation within) {
    return within(within, () -> idLater(engine, ACME));
  }

  private static CompletableFuture<String> within(
      Invocation within, Supplier<CompletableFuture<String>> call) {
    Invocation.bind(ThreadBindings.thread(), within);
    try {
      return call.get();
    } finally {
      Invocation.bind(ThreadBindings.thread(), null);
    }
  }

  private static String get(CompletableFuture<String> call) throws Exception {
    return call.get(20, TimeUnit.SECONDS);
  }

  private FutureTask<String> leader(Engine engine) throws InterruptedException {
    FutureTask<String> leader = Crowd.start(() -> engine.idOf(ACME));
    opening.await();
    return leader;
  }

  @Test
  void callThatAnswersLaterWaitsNoLongerThanItsTime() throws Exception {
    try (Engine engine = new Engine(slow, settings -> settings)) {
      FutureTask<String> leader = leader(engine);
      List<CompletableFuture<String>> hurried =
          List.of(
              idLater(engine, new Invocation(null, engine.ticker, 0, null, null)),
              idLater(engine, new Invocation(null, Ticker.systemTicker(), 1_000_000, null, null)));
      for (CompletableFuture<String> call : hurried) {
        assertThatThrownBy(() -> get(call))
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(SessionOpenException.class)
            .hasMessageContaining("the time of the call ran out while another opened it");
      }
      go.countDown();
      assertThat(Crowd.get(leader)).isEqualTo("id-1");
    }
  }

  @Test
  void callThatAnswersLaterOpensWhereAnOpeningHasTakenTooLong() throws Exception {
    try (Engine engine = new Engine(slow, settings -> settings)) {
      FutureTask<String> leader = leader(engine);
      engine.ticker.advance(Duration.ofSeconds(30));
      assertThat(get(idLater(engine, ACME))).isEqualTo("id-2");
      go.countDown();
      assertThatThrownBy(() -> Crowd.get(leader)).hasMessageContaining("open-timeout");
    }
  }

  @Test
  void openTimeoutOfCenturiesIsNoShorterThanTheLearnTimeout() throws Exception {
    FakeTicker ticker = new FakeTicker();
    ticker.advance(Duration.ofDays(4)); // beyond zero
    CompletableFuture<Void> granted = new CompletableFuture<>();
    HeldStore store =
        new HeldStore(ticker, Scheduler.disabledScheduler()) {
          @Override
          public CompletionStage<Claim> claim(SessionKey key) {
            return granted.thenCompose(done -> super.claim(key));
          }
        };
    SessionSettings settings =
        SessionSettings.builder()
            .openTimeout(Duration.ofDays(110_000))
            .learnTimeout(Duration.ofSeconds(1))
            .build();
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", key -> "id")
            .store(store)
            .ticker(ticker)
            .settings(settings)
            .build()) {
      CompletableFuture<String> leader = idLater(sessions, ACME);
      ticker.advance(Duration.ofSeconds(2));
      CompletableFuture<String> joined = idLater(sessions, ACME);
      granted.complete(null);
      assertThat(get(leader)).isEqualTo("id");
      assertThat(get(joined)).isEqualTo("id");
    }
  }

  @Test
  void evictedCallThatWaitsToAskItsSpecialistLeavesItsPlaceToOthers() throws Exception {
    try (Engine engine = new Engine(slow, settings -> settings.maxConcurrentOpens(1))) {
      FutureTask<String> leader = leader(engine);
      Threads threads = new Threads();
      FutureTask<@Nullable Throwable> waiting = threads.start(1, () -> engine.idOf(GLOBEX)).get(0);
      threads.awaitAllWaiting();
      engine.sessions.evictTenant("globex");
      go.countDown();
      assertThat(Crowd.get(leader)).isEqualTo("id-1");
      assertThat(Crowd.get(waiting)).hasMessageContaining("the tenant was evicted meanwhile");
      assertThat(Crowd.onAnotherThread(() -> engine.idOf(GLOBEX))).isEqualTo("id-2");
    }
  }

  @Test
  void callThatAnswersLaterWaitsForAThreadOnlyWhileItsOpeningIsWanted() throws Exception {
    try (Engine engine = new Engine(slow, settings -> settings.maxConcurrentOpens(1))) {
      CompletableFuture<String> first = idLater(engine, ACME);
      opening.await();
      CompletableFuture<String> evicted = idLater(engine, GLOBEX);
      engine.sessions.evictTenant("globex");
      assertThatThrownBy(() -> get(evicted)).hasMessageContaining("evicted meanwhile");

      CompletableFuture<String> tooLate = idLater(engine, GLOBEX);
      engine.ticker.advance(Duration.ofSeconds(30));
      CompletableFuture<String> next = idLater(engine, GLOBEX);
      assertThatThrownBy(() -> get(tooLate)).hasMessageContaining("open-timeout");

      go.countDown();
      assertThatThrownBy(() -> get(first)).hasMessageContaining("open-timeout");
      assertThat(get(next)).isEqualTo("id-2");
      assertThat(opened).hasValue(2);
      Engine.assertBalanced(engine.counts());
    }
  }

  @Test
  void callThatAnswersLaterWaitsForAThreadNoLongerThanItsTime() throws Exception {
    try (Engine engine = new Engine(slow, settings -> settings.maxConcurrentOpens(1))) {
      CompletableFuture<String> first = idLater(engine, GLOBEX);
      opening.await();
      Invocation hurried = new Invocation(null, Ticker.systemTicker(), 1_000_000, null, null);
      assertThatThrownBy(() -> get(idLater(engine, hurried)))
          .hasMessageContaining(
              "the time of the call ran out before the specialist could be asked");
      go.countDown();
      assertThat(get(first)).isEqualTo("id-1");
      assertThat(get(idLater(engine, ACME))).isEqualTo("id-2");
    }
  }

  /** Tells who asks it, and opens globex's session when told. */
  private final class Judge implements SpecialistConnector {

    private final CompletableFuture<@Nullable Invocation> asked = new CompletableFuture<>();

    @Override
    public String open(SessionKey key) throws Exception {
      if (key.equals(GLOBEX)) {
        opening.countDown();
        go.await();
      }
      return "id";
    }

    @Override
    public boolean isLost(SessionKey key, String id, Throwable failure) {
      asked.complete(Invocation.current());
      return false;
    }
  }

  @Test
  void connectorIsAskedWithinTheCallAndWhileAllItsThreadsOpenWhetherASessionIsLost()
      throws Exception {
    Judge judge = new Judge();
    try (Engine engine = new Engine(judge, settings -> settings.maxConcurrentOpens(1))) {
      engine.idOf(ACME);
      CompletableFuture<String> first = idLater(engine, GLOBEX);
      opening.await();
      Invocation within = new Invocation(null, engine.ticker, Long.MAX_VALUE, null, null);
      CompletableFuture<String> failing =
          within(
              within,
              () ->
                  engine.sessions.callAsync(
                      ACME,
                      SessionPolicy.DEFAULT,
                      session -> CompletableFuture.failedFuture(new IOException("503"))));
      assertThatThrownBy(() -> get(failing)).hasRootCauseMessage("503");
      assertThat(judge.asked.get(20, TimeUnit.SECONDS)).isSameAs(within);
      go.countDown();
      assertThat(get(first)).isEqualTo("id");
    }
  }
}
