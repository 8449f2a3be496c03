package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Both annotations on methods that return publishers. */
class PublisherTests {

  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    final AtomicInteger opened = new AtomicInteger();
    final List<String> closed = new CopyOnWriteArrayList<>();

    @Bean
    SpecialistConnector marketingConnector() {
      return new SpecialistConnector() {
        @Override
        public String open(dev.switchboard.session.SessionKey key) {
          return "id-" + opened.incrementAndGet();
        }

        @Override
        public void close(dev.switchboard.session.SessionKey key, String id) {
          closed.add(id);
        }
      };
    }

    @Bean
    Sleeper sleeper() {
      return new Sleeper() {
        @Override
        public void sleep(Duration wait) {}

        @Override
        public CompletableFuture<@Nullable Void> delay(Duration wait) {
          return CompletableFuture.completedFuture(null);
        }
      };
    }

    @Bean
    Marketing marketing() {
      return new Marketing();
    }
  }

  static class Marketing {

    final AtomicInteger calls = new AtomicInteger();
    final List<String> seen = new CopyOnWriteArrayList<>();
    Supplier<Flux<String>> reply = () -> Flux.just("hi");

    @SpecialistSession("marketing")
    @RequestScopedRetry(maxRetries = 2)
    Mono<String> ask(@Tenant String tenant) {
      return body().next();
    }

    @SpecialistSession("marketing")
    @RequestScopedRetry(maxRetries = 2)
    Flux<String> stream(@Tenant String tenant) {
      return body();
    }

    @SpecialistSession(specialist = "marketing", exclusive = true)
    Mono<String> alone(@Tenant String tenant) {
      return body().next();
    }

    private Flux<String> body() {
      calls.incrementAndGet();
      seen.add(SessionContext.current().id() + "/" + attempt());
      return Flux.defer(reply);
    }

    private static String attempt() {
      try {
        return "" + RetryContext.current().attempt();
      } catch (IllegalStateException outside) {
        return "-";
      }
    }
  }

  private final AnnotationConfigApplicationContext context =
      new AnnotationConfigApplicationContext(Application.class);
  private final Marketing bean = context.getBean(Marketing.class);
  private final Application application = context.getBean(Application.class);
  private final SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
  private final Marketing marketing = target();

  @AfterEach
  void close() {
    context.close();
  }

  private Marketing target() {
    return (Marketing) org.springframework.test.util.AopTestUtils.getUltimateTargetObject(bean);
  }

  /** Fails so many times, and answers then. */
  private void fail(int times, Supplier<? extends RuntimeException> failure) {
    AtomicInteger left = new AtomicInteger(times);
    marketing.reply =
        () -> left.getAndDecrement() > 0 ? Flux.error(failure) : Flux.just("hi", "there");
  }

  @Test
  void nothingHappensBeforeASubscriptionAndEachIsAnInvocationOfItsOwn() {
    Mono<String> mono = bean.ask("acme");
    Flux<String> flux = bean.stream("acme");
    assertThat(marketing.calls).hasValue(0);
    assertThat(application.opened).hasValue(0);

    StepVerifier.create(mono).expectNext("hi").verifyComplete();
    StepVerifier.create(mono).expectNext("hi").verifyComplete();
    StepVerifier.create(flux).expectNext("hi").verifyComplete();
    assertThat(marketing.seen).containsExactly("id-1/1", "id-1/1", "id-1/1");
  }

  @Test
  void failuresAreRetried() {
    fail(2, IllegalArgumentException::new);
    StepVerifier.create(bean.ask("acme")).expectNext("hi").verifyComplete();
    fail(2, IllegalArgumentException::new);
    StepVerifier.create(bean.stream("acme")).expectNext("hi", "there").verifyComplete();
    assertThat(marketing.seen)
        .containsExactly("id-1/1", "id-1/2", "id-1/3", "id-1/1", "id-1/2", "id-1/3");
  }

  @Test
  void lastFailureReachesTheSubscriberWithTheEarlierOnes() {
    fail(9, IllegalArgumentException::new);
    StepVerifier.create(bean.ask("acme"))
        .expectErrorSatisfies(
            last ->
                assertThat(last)
                    .isInstanceOf(IllegalArgumentException.class)
                    .satisfies(e -> assertThat(e.getSuppressed()).hasSize(2)))
        .verify();
  }

  @Test
  void lostSessionIsReplacedOnceAndNoRetrySpent() {
    fail(1, () -> new SessionLostException("gone"));
    StepVerifier.create(bean.stream("acme")).expectNext("hi", "there").verifyComplete();
    assertThat(marketing.seen).containsExactly("id-1/1", "id-2/1");
    assertThat(sessions.snapshot().total().lost()).isEqualTo(1);

    fail(9, () -> new SessionLostException("gone"));
    StepVerifier.create(bean.ask("acme")).verifyError(SessionLostException.class);
    assertThat(marketing.calls).hasValue(4);
  }

  @Test
  void lossIsRecoveredOnceInAllAttemptsTogether() {
    Deque<RuntimeException> failures =
        new ArrayDeque<>(
            List.of(
                new SessionLostException("gone"),
                new IllegalArgumentException("retried"),
                new SessionLostException("gone again")));
    marketing.reply =
        () -> failures.isEmpty() ? Flux.just("hi") : Flux.error(failures.removeFirst());
    StepVerifier.create(bean.ask("acme")).verifyError(SessionLostException.class);
    assertThat(marketing.seen).containsExactly("id-1/1", "id-2/1", "id-2/2");
  }

  @Test
  void fluxThatHasEmittedIsNeitherRetriedNorRunAgain() {
    marketing.reply = () -> Flux.concat(Flux.just("one"), Flux.error(new IllegalStateException()));
    StepVerifier.create(bean.stream("acme"))
        .expectNext("one")
        .verifyError(IllegalStateException.class);
    assertThat(marketing.calls).hasValue(1);

    marketing.reply =
        () -> Flux.concat(Flux.just("one"), Flux.error(new SessionLostException("gone")));
    StepVerifier.create(bean.stream("acme"))
        .expectNext("one")
        .verifyError(SessionLostException.class);
    assertThat(marketing.calls).hasValue(2);
    assertThat(sessions.snapshot().total().live()).isZero();
  }

  @Test
  void sessionIsInUseUntilTheSubscriptionEnds() {
    Sinks.Many<String> source = Sinks.many().unicast().onBackpressureBuffer();
    marketing.reply = source::asFlux;
    List<String> received = new CopyOnWriteArrayList<>();
    CompletableFuture<String> first = new CompletableFuture<>();
    Disposable subscription =
        bean.stream("acme").doOnNext(first::complete).subscribe(received::add);
    source.tryEmitNext("one");
    assertThat(first.join()).isEqualTo("one");

    sessions.evictTenant("acme");
    assertThat(sessions.snapshot().total().draining()).isEqualTo(1);
    assertThat(application.closed).isEmpty();
    subscription.dispose();
    while (application.closed.isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(received).containsExactly("one");
  }

  @Test
  void demandReachesTheSource() {
    List<Long> requested = new ArrayList<>();
    marketing.reply = () -> Flux.range(1, 100).map(String::valueOf).doOnRequest(requested::add);
    StepVerifier.create(bean.stream("acme"), 1)
        .expectNext("1")
        .thenRequest(2)
        .expectNext("2", "3")
        .thenCancel()
        .verify();
    assertThat(requested).containsExactly(1L, 2L);
  }

  @Test
  void exclusiveSubscriptionsFollowEachOther() {
    Sinks.One<String> first = Sinks.one();
    marketing.reply = () -> first.asMono().flux();
    CompletableFuture<String> one = bean.alone("acme").toFuture();
    while (marketing.calls.get() == 0) {
      Thread.onSpinWait();
    }
    CompletableFuture<String> two = bean.alone("acme").toFuture();
    assertThat(marketing.calls).hasValue(1);
    first.tryEmitValue("done");
    assertThat(one.join()).isEqualTo("done");
    assertThat(two.join()).isEqualTo("done");
    assertThat(marketing.calls).hasValue(2);
  }

  @Test
  void nestedPublisherJoinsTheSessionOfTheEnclosingOne() {
    AtomicInteger depth = new AtomicInteger();
    marketing.reply =
        () -> depth.incrementAndGet() == 1 ? bean.alone("acme").flux() : Flux.just("inner");
    StepVerifier.create(bean.alone("acme")).expectNext("inner").verifyComplete();
    assertThat(application.opened).hasValue(1);
  }

  @Test
  void refusedCallFailsTheSubscription() {
    Mono<String> mono = bean.ask(" ");
    StepVerifier.create(mono)
        .expectErrorSatisfies(
            failure ->
                assertThat(failure)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("@SpecialistSession on Marketing.ask"))
        .verify();
  }

  @Test
  void methodThatThrowsFailsTheSubscription() {
    marketing.reply =
        () -> {
          throw new IllegalArgumentException("at once");
        };
    StepVerifier.create(bean.alone("acme")).verifyErrorMessage("at once");
    assertThat(ThreadBindings.capture().isEmpty()).isTrue();
  }

  @Test
  void emptyMonoCompletesEmpty() {
    marketing.reply = Flux::empty;
    StepVerifier.create(bean.ask("acme")).verifyComplete();
    StepVerifier.create(bean.stream("acme")).verifyComplete();
  }
}
