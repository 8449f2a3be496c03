package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.test.StepVerifier;

/** Calls without annotations that answer with a publisher. */
class SessionPublishersTests {

  private static final Duration LONG = Duration.ofSeconds(20);

  private final Engine engine = new Engine();

  @AfterEach
  void close() {
    engine.close();
  }

  private Flux<String> flux(SessionWork<? extends Flux<String>, ?> work) {
    return SessionPublishers.flux(engine.sessions, ACME, SessionPolicy.DEFAULT, work);
  }

  @Test
  void workThatThrowsFailsWithWhatItThrew() {
    IOException failure = new IOException("at once");
    Flux<String> asked =
        flux(
            session -> {
              throw failure;
            });
    StepVerifier.create(asked)
        .expectErrorSatisfies(thrown -> assertThat(thrown).isSameAs(failure))
        .verify(LONG);
  }

  @Test
  void workThatThrowsALossRunsOnceMore() {
    Flux<String> asked =
        flux(
            session -> {
              if (session.id().equals("id-1")) {
                throw new SessionLostException("gone");
              }
              return Flux.just(session.id());
            });
    StepVerifier.create(asked).expectNext("id-2").expectComplete().verify(LONG);
    assertThat(engine.counts()).isEqualTo(new SessionCounts(2, 1, 0, 0, 1, 0));
  }

  @Test
  void callCancelledWhileItsWorkIsSubscribedKeepsItsSessionUntilThatHasReturned() {
    engine.ask(ACME);
    AtomicReference<SessionCounts> meanwhile = new AtomicReference<>();
    BaseSubscriber<String> caller =
        new BaseSubscriber<>() {
          @Override
          protected void hookOnSubscribe(Subscription subscription) {
            subscription.request(1);
          }
        };
    Flux<String> work =
        Flux.defer(
            () -> {
              caller.cancel();
              engine.sessions.evict(ACME);
              engine.runCloses();
              meanwhile.set(engine.counts());
              return Flux.never();
            });

    flux(session -> work).subscribe(caller);

    assertThat(meanwhile).hasValue(new SessionCounts(1, 0, 1, 0, 0, 0));
    engine.runCloses();
    assertThat(engine.counts()).isEqualTo(new SessionCounts(1, 0, 0, 1, 0, 0));
  }

  @Test
  void bodyThatRunsAgainBeforeTheFirstIsAllSubscribedKeepsItsSession() throws Exception {
    engine.ask(ACME);
    CountDownLatch inSecond = new CountDownLatch(1);
    CountDownLatch firstReturned = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<SessionCounts> returned = new CompletableFuture<>();
    BaseSubscriber<String> caller = new BaseSubscriber<>() {};
    Flux<String> asked =
        flux(
            session -> {
              if (session.id().equals("id-1")) {
                return Flux.from(
                    subscriber -> {
                      subscriber.onSubscribe(Operators.emptySubscription());
                      new Thread(() -> subscriber.onError(new SessionLostException("gone")))
                          .start();
                      await(inSecond); // it has answered before it is all subscribed
                    });
              }
              inSecond.countDown();
              end.await();
              engine.runCloses();
              returned.complete(engine.counts());
              return Flux.never();
            });
    Thread subscribing =
        new Thread(
            () -> {
              asked.subscribe(caller);
              firstReturned.countDown();
            });
    subscribing.start();
    firstReturned.await();
    caller.cancel();
    engine.sessions.evict(ACME);
    end.countDown();
    assertThat(returned.get(20, TimeUnit.SECONDS)).isEqualTo(new SessionCounts(2, 0, 1, 0, 1, 0));
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
