package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetryPublishers;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionPublishers;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;

/**
 * Calls that answer later, 100,000 of them: futures and publishers, retried, lost, cancelled,
 * nested, queueing, evicted. What must hold is asserted; what happens when is left to chance.
 */
class LateSoakTests {

  private static final int CALLS = 100_000;
  private static final int IN_FLIGHT = 500;
  private static final int WORKERS = 8;
  private static final int TENANTS = 400;
  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private final Set<String> closed = ConcurrentHashMap.newKeySet();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger wrong = new AtomicInteger();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger cancelled = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();

  /** Failures that Reactor logs as dropped, but for those of the bodies' own futures. */
  private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

  private final SpecialistConnector connector =
      new SpecialistConnector() {
        @Override
        public String open(SessionKey key) throws IOException {
          if (ThreadLocalRandom.current().nextInt(50) == 0) {
            throw new IOException("no session");
          }
          return key.tenant() + "#" + opened.incrementAndGet();
        }

        @Override
        public void close(SessionKey key, String id) {
          if (!closed.add(id)) {
            wrong.incrementAndGet();
          }
        }
      };
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("marketing", connector)
          .settings(
              SessionSettings.builder()
                  .defaults(new SpecialistSettings(null, null, TENANTS / 4))
                  .exclusiveWait(Duration.ofMinutes(2))
                  .build())
          .build();
  private final RetryExecutor retries =
      RetryExecutor.builder().settings(RetrySettings.builder().budget(0, 1).build()).build();
  private final RetryOperation operation =
      retries.operation(
          "ask",
          RetryPolicy.builder()
              .maxRetries(2)
              .delay(Duration.ofNanos(1000))
              .jitter(Duration.ofNanos(500))
              .build());
  private final ExecutorService pool = Executors.newFixedThreadPool(WORKERS);
  private final Executor propagating = PropagatingTaskDecorator.of(pool);

  @BeforeEach
  void seeWhatIsDropped() {
    Hooks.onErrorDropped(
        failure -> {
          if (failure instanceof CompletionException) {
            dropped.add(failure);
          }
        });
  }

  @AfterEach
  void seeNoMore() {
    Hooks.resetOnErrorDropped();
  }

  @Test
  void ledgerBalancesAndNoThreadKeepsAContext() throws Exception {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    Semaphore free = new Semaphore(IN_FLIGHT);
    ConcurrentLinkedQueue<Throwable> unexpected = new ConcurrentLinkedQueue<>();
    for (int i = 0; i < CALLS; i++) {
      free.acquire();
      CompletableFuture<String> call = ask(random);
      var counted =
          call.whenComplete(
              (answer, failure) -> {
                count(failure, unexpected);
                free.release();
              });
      assertThat(counted).isNotNull();
      int chance = random.nextInt(1000);
      if (chance < 100) {
        pool.execute(() -> call.cancel(true));
      } else if (chance == 100) {
        sessions.evictTenant("tenant-" + random.nextInt(TENANTS));
      } else if (chance == 101) {
        assertBalanced();
      }
    }
    assertThat(free.tryAcquire(IN_FLIGHT, 2, TimeUnit.MINUTES)).as("seed %d", seed).isTrue();

    assertThat(unexpected).as("seed %d", seed).isEmpty();
    assertThat(dropped).as("seed %d", seed).isEmpty();
    assertThat(answered.get() + cancelled.get() + failed.get()).isEqualTo(CALLS);
    assertThat(List.of(answered, cancelled, failed)).allMatch(count -> count.get() > CALLS / 200);
    assertNoThreadKeepsAContext();
    sessions.close();
    SessionCounts counts = assertBalanced();
    assertThat(counts.live() + counts.draining() + counts.unclosed()).as("%s", counts).isZero();
    assertThat(counts.opened()).isEqualTo(opened.get());
    assertThat(counts.closed()).isEqualTo(closed.size());
    assertThat(counts.lost()).isPositive();
    assertThat(wrong).as("closed twice, or talked to when closed or another's").hasValue(0);
    pool.shutdown();
  }

  private CompletableFuture<String> ask(Random random) {
    SessionKey key = SessionKey.of("marketing", "tenant-" + random.nextInt(TENANTS));
    SessionPolicy policy = random.nextInt(4) == 0 ? EXCLUSIVE : SessionPolicy.DEFAULT;
    CompletableFuture<String> call =
        switch (random.nextInt(3)) {
          case 0 ->
              retries.callAsync(
                  operation,
                  retry -> sessions.callAsync(key, policy, session -> body(session, key)));
          case 1 ->
              RetryPublishers.mono(
                      retries,
                      operation,
                      retry ->
                          SessionPublishers.mono(
                              sessions,
                              key,
                              policy,
                              session -> Mono.fromFuture(() -> body(session, key))))
                  .toFuture();
          default ->
              sessions.callAsync(
                  key,
                  policy,
                  outer -> sessions.callAsync(key, policy, session -> body(session, key)));
        };
    return call;
  }

  /** Answers from another thread, as chance wills. */
  private CompletableFuture<String> body(SessionContext session, SessionKey key) {
    CompletableFuture<String> reply = new CompletableFuture<>();
    Executor executor = ThreadLocalRandom.current().nextBoolean() ? pool : propagating;
    executor.execute(() -> answer(session, key, reply));
    return reply;
  }

  private void answer(SessionContext session, SessionKey key, CompletableFuture<String> reply) {
    String id = session.idOrNull();
    boolean gone = id == null || closed.contains(id) || !id.startsWith(key.tenant() + "#");
    // A cancelled call is over, whatever still runs.
    if (gone && !reply.isDone()) {
      wrong.incrementAndGet();
    }
    int chance = ThreadLocalRandom.current().nextInt(100);
    if (chance < 10) {
      reply.completeExceptionally(new IOException("failed"));
    } else if (chance < 13) {
      reply.completeExceptionally(new SessionLostException("unknown session"));
    } else {
      reply.complete("done");
    }
  }

  private void count(Throwable failure, ConcurrentLinkedQueue<Throwable> unexpected) {
    if (failure == null) {
      answered.incrementAndGet();
    } else if (failure instanceof CancellationException) {
      cancelled.incrementAndGet();
    } else {
      failed.incrementAndGet();
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      if (!(cause instanceof IOException
          || cause instanceof SessionLostException
          || failure instanceof dev.switchboard.session.SessionOpenException)) {
        unexpected.add(failure);
      }
    }
  }

  private SessionCounts assertBalanced() {
    SessionCounts counts = sessions.snapshot().total();
    assertThat(
            counts.live() + counts.draining() + counts.closed() + counts.lost() + counts.unclosed())
        .isEqualTo(counts.opened());
    return counts;
  }

  /** All workers at once, so that none is left out. */
  private void assertNoThreadKeepsAContext() throws InterruptedException {
    for (Executor executor : List.of(pool, Continuations.executor())) {
      List<CompletableFuture<Boolean>> looks = new ArrayList<>();
      CountDownLatch together = new CountDownLatch(WORKERS);
      for (int i = 0; i < WORKERS; i++) {
        CompletableFuture<Boolean> look = new CompletableFuture<>();
        looks.add(look);
        executor.execute(
            () -> {
              together.countDown();
              try {
                together.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              look.complete(ThreadBindings.capture().isEmpty());
            });
      }
      assertThat(looks).allMatch(CompletableFuture::join);
    }
  }
}
