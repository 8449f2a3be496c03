package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetryPublishers;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionPublishers;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;

/** What who watches invocations is told of those that answer later. */
@Timeout(60)
class LateWatchTests {

  private static final SessionKey ACME = SessionKey.of("marketing", "acme");
  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());
  private static final Duration LONG = Duration.ofSeconds(20);

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final AtomicInteger visits = new AtomicInteger();
  private final CountDownLatch opening = new CountDownLatch(1);

  /** Writes down what it is told, and counts who has entered and not left. */
  private final InvocationObserver recorder =
      (operation, specialist) ->
          new InvocationObserver.Watch() {
            @Override
            public void specialist(String name) {
              told.add(name);
            }

            @Override
            public void event(Event event) {
              told.add(event.name());
            }

            @Override
            public Runnable enter() {
              visits.incrementAndGet();
              return visits::decrementAndGet;
            }

            @Override
            public void end(@Nullable Throwable failure) {
              told.add("END" + (failure == null ? "" : " " + failure.getClass().getSimpleName()));
            }
          };

  private final RetryExecutor retries = RetryExecutor.builder().observer(recorder).build();
  private final RetryOperation ask =
      retries.operation(
          "Desk.ask",
          RetryPolicy.builder()
              .maxRetries(1)
              .delay(Duration.ofNanos(1))
              .jitter(Duration.ZERO)
              .build());
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist(
              "marketing",
              key -> {
                opening.await();
                return "id";
              })
          .observer(recorder)
          .build();

  @AfterEach
  void close() {
    sessions.close();
  }

  private static CompletableFuture<String> down() {
    return CompletableFuture.failedFuture(new IOException("down"));
  }

  @Test
  void attemptsAndWaitsOfAFutureAreToldAndItsEndComesBeforeWhatFollowsIt() throws Exception {
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<List<String>> followed =
        retries
            .callAsync(ask, attempt -> attempt.isRetry() ? reply : down())
            .thenApply(done -> List.copyOf(told));
    reply.complete("done");
    assertThat(followed.get(20, TimeUnit.SECONDS))
        .containsExactly("ATTEMPT", "WAIT", "ATTEMPT", "END");
    told.clear();
    assertThat(visits).hasValue(0);
  }

  @Test
  void whatFollowsAFutureIsNotWithinTheAttemptThatFailedIt() throws Exception {
    CountDownLatch followed = new CountDownLatch(1);
    CompletableFuture<String> asked =
        retries.callAsync(
            ask,
            attempt -> {
              if (attempt.isRetry()) {
                followed.await();
              }
              throw new IOException("down");
            });
    CompletableFuture<Integer> failed = asked.handle((done, failure) -> visits.get());
    followed.countDown();
    assertThat(failed.get(20, TimeUnit.SECONDS)).isZero();
    assertThat(told).containsExactly("ATTEMPT", "WAIT", "ATTEMPT", "END IOException");
  }

  @Test
  void attemptsAndWaitsOfAPublisherAreToldAndHowItEnds() {
    Mono<String> mono =
        RetryPublishers.mono(
            retries, ask, attempt -> attempt.isRetry() ? Mono.just("done") : failing());
    assertThat(mono.block(LONG)).isEqualTo("done");
    assertThat(told).containsExactly("ATTEMPT", "WAIT", "ATTEMPT", "END");
    told.clear();
    Mono<String> failing = RetryPublishers.mono(retries, ask, attempt -> failing());
    assertThat(catchThrowable(() -> failing.block(LONG))).hasCauseInstanceOf(IOException.class);
    assertThat(told).containsExactly("ATTEMPT", "WAIT", "ATTEMPT", "END IOException");
    told.clear();
    Disposable cancelled = RetryPublishers.mono(retries, ask, attempt -> Mono.never()).subscribe();
    cancelled.dispose();
    assertThat(told).containsExactly("ATTEMPT", "END CancellationException");
    assertThat(visits).hasValue(0);
  }

  private static Mono<String> failing() throws IOException {
    throw new IOException("down");
  }

  private CompletableFuture<String> idLater(SessionPolicy policy) {
    return sessions.callAsync(
        ACME, policy, session -> CompletableFuture.completedFuture(session.id()));
  }

  @Test
  void openingsOfAFutureAreToldAndThoseOfOthersThatItWaitsFor() throws Exception {
    List<CompletableFuture<String>> calls = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      calls.add(idLater(SessionPolicy.DEFAULT));
    }
    opening.countDown();
    for (CompletableFuture<String> call : calls) {
      assertThat(call.get(20, TimeUnit.SECONDS)).isEqualTo("id");
    }
    assertThat(told).containsExactlyInAnyOrder("OPEN", "JOINED", "END", "END");
    assertThat(visits).hasValue(0);
  }

  @Test
  void waitsForATurnAreTold() throws Exception {
    opening.countDown();
    CompletableFuture<String> reply = new CompletableFuture<>();
    CompletableFuture<String> first = sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
    CompletableFuture<String> second = idLater(EXCLUSIVE);
    reply.complete("first");
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo("first");
    assertThat(second.get(20, TimeUnit.SECONDS)).isEqualTo("id");
    assertThat(told).containsExactlyInAnyOrder("OPEN", "WAIT", "END", "END");
  }

  @Test
  void lossesAreToldOnceAndSoIsTheEnd() throws Exception {
    opening.countDown();
    CompletableFuture<List<String>> followed =
        sessions
            .callAsync(ACME, SessionPolicy.DEFAULT, this::loseTheFirst)
            .thenApply(done -> List.copyOf(told));
    assertThat(followed.get(20, TimeUnit.SECONDS)).containsExactly("OPEN", "REOPEN", "OPEN", "END");
    told.clear();
    sessions.evict(ACME);
    Mono<String> mono =
        SessionPublishers.mono(
            sessions,
            ACME,
            SessionPolicy.DEFAULT,
            session -> Mono.fromFuture(loseTheFirst(session)));
    assertThat(mono.block(LONG)).isEqualTo("done");
    assertThat(told).containsExactly("OPEN", "END");
  }

  private final AtomicInteger runs = new AtomicInteger();

  private CompletableFuture<String> loseTheFirst(SessionContext session) {
    return runs.incrementAndGet() == 1
        ? CompletableFuture.failedFuture(new SessionLostException("gone"))
        : CompletableFuture.completedFuture("done");
  }

  @Test
  void aSessionsCallWithinARetriedOneIsToldToTheSameWatch() throws Exception {
    opening.countDown();
    String id = retries.call(ask, attempt -> idOf());
    assertThat(id).isEqualTo("id");
    assertThat(told).containsExactly("ATTEMPT", "marketing", "OPEN", "END");
    told.clear();
    assertThat(idOf()).isEqualTo("id");
    assertThat(told).containsExactly("END");
    told.clear();
    Throwable failure =
        catchThrowable(
            () ->
                sessions.<String, IOException>call(
                    ACME,
                    SessionPolicy.DEFAULT,
                    session -> {
                      throw new IOException("down");
                    }));
    assertThat(failure).isInstanceOf(IOException.class);
    assertThat(told).containsExactly("END IOException");
  }

  private String idOf() {
    return sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
  }
}
