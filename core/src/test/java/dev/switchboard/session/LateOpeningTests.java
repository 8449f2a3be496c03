package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
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
    return engine.sessions.callAsync(
        key, SessionPolicy.DEFAULT, session -> CompletableFuture.completedFuture(session.id()));
  }

  private static CompletableFuture<String> idLater(Engine engine, Invocation within) {
    Invocation.bind(ThreadBindings.thread(), within);
    try {
      return idLater(engine, ACME);
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
}
