package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryRequestTests {

  private final FakeTicker ticker = new FakeTicker();
  private final RetryExecutor engine =
      RetryExecutor.builder()
          .ticker(ticker)
          .settings(
              RetrySettings.builder().budget(0, 1).requests(100, Duration.ofMinutes(10)).build())
          .build();
  private final RetryOperation ask = operation("BookingDesk.ask");
  private final RetryOperation plan = operation("Planner.plan");
  private final RetryOperation tour = operation("Concierge.tour");

  private RetryOperation operation(String name) {
    return engine.operation(name, RetryPolicy.builder().maxRetries(2).delay(Duration.ZERO).build());
  }

  /** How often work that always fails runs. */
  private int runs(RetryOperation operation, @Nullable List<String> ids) {
    Flaky work = Flaky.times(100);
    swallow(() -> engine.call(operation, null, ids, work));
    return work.runs();
  }

  @Test
  void invocationKeepsItsBoundThoughItsRequestIsForgotten() {
    AtomicInteger runs = new AtomicInteger();
    List<String> turn = List.of("turn");
    swallow(
        () ->
            engine.call(
                ask,
                null,
                turn,
                context -> {
                  assertThat(runs.incrementAndGet()).isLessThanOrEqualTo(3);
                  assertThat(context.isLastAttempt()).isEqualTo(runs.get() == 3);
                  ticker.advance(Duration.ofMinutes(11));
                  throw new IllegalStateException("down");
                }));
    assertThat(runs).hasValue(3);
  }

  @Test
  void invocationKeepsItsBoundThoughOthersMakeItsForgottenRequestAnew() {
    AtomicInteger runs = new AtomicInteger();
    List<String> turn = List.of("turn");
    swallow(
        () ->
            engine.call(
                ask,
                null,
                turn,
                context -> {
                  assertThat(runs.incrementAndGet()).isLessThanOrEqualTo(3);
                  if (context.isRetry()) {
                    ticker.advance(Duration.ofMinutes(11));
                    engine.requests().spend(turn, ask, null);
                  }
                  throw new IllegalStateException("down");
                }));
    assertThat(runs).hasValue(3);
  }

  @Test
  void refusedRetryIsNotCountedInARequestMadeAnew() {
    List<String> turn = List.of("turn");
    swallow(
        () ->
            engine.call(
                ask,
                null,
                turn,
                context -> {
                  if (context.isLastAttempt()) {
                    ticker.advance(Duration.ofMinutes(11));
                    engine.requests().spend(turn, ask, null);
                  }
                  throw new IllegalStateException("down");
                }));
    assertThat(requireNonNull(engine.requests().find(turn)).spent(ask)).isOne();
  }

  @Test
  void retryThatIsNotMadeIsNotCountedInARequestMadeAnew() {
    Queue<Boolean> waits = new ArrayDeque<>(List.of(true, false));
    RetryExecutor impatient =
        RetryExecutor.builder()
            .ticker(ticker)
            .sleeper(
                wait -> {
                  if (!waits.remove()) {
                    throw new InterruptedException();
                  }
                })
            .build();
    RetryOperation asked = impatient.operation("BookingDesk.ask", RetryPolicy.builder().build());
    List<String> turn = List.of("turn");
    swallow(
        () ->
            impatient.call(
                asked,
                null,
                turn,
                context -> {
                  if (context.isRetry()) {
                    ticker.advance(Duration.ofMinutes(11));
                    impatient.requests().spend(turn, asked, null);
                  }
                  throw new IllegalStateException("down");
                }));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(requireNonNull(impatient.requests().find(turn)).spent(asked)).isOne();
  }

  @Test
  void invocationKeepsItsBoundThoughOthersCrowdItsRequestOut() {
    AtomicInteger runs = new AtomicInteger();
    swallow(
        () ->
            engine.call(
                ask,
                null,
                List.of("turn"),
                context -> {
                  int run = runs.incrementAndGet();
                  assertThat(run).isLessThanOrEqualTo(3);
                  for (int i = 0; i < 1_000; i++) {
                    engine.requests().spend(List.of("other", run + "-" + i), plan, null);
                  }
                  throw new IllegalStateException("down");
                }));
    assertThat(runs).hasValue(3);
  }

  @Test
  void invocationIsItsOwnRequestWhereNothingElseIs() {
    assertThat(runs(ask, null)).isEqualTo(3);
    assertThat(runs(ask, null)).isEqualTo(3);
  }

  @Test
  void nestedRetriesAddUpAndNeverMultiply() {
    AtomicInteger runs = new AtomicInteger();
    swallow(() -> nested(context -> fail(runs)));
    assertThat(runs).hasValue(7);
  }

  @Test
  void nestedSuccessForgivesNothing() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      AtomicInteger runs = new AtomicInteger();
      swallow(
          () ->
              nested(
                  context ->
                      random.nextInt(3) == 0
                          ? String.valueOf(runs.incrementAndGet())
                          : fail(runs)));
      assertThat(runs.get()).isBetween(1, 7);
    }
  }

  @Test
  void nestedSuccessForgivesNothingThoughItNamesTheSameRequest() {
    List<String> turn = List.of("turn");
    engine.call(
        tour,
        null,
        turn,
        enclosing -> {
          swallow(() -> engine.call(ask, null, turn, Flaky.times(2)));
          assertThat(runs(ask, turn)).isEqualTo(1);
          return "done";
        });
  }

  @Test
  void innermostRunsSevenTimesThoughItSometimesSucceeds() {
    AtomicInteger runs = new AtomicInteger();
    swallow(
        () ->
            engine.call(
                tour,
                outer ->
                    engine.call(
                        plan,
                        middle -> {
                          String reply =
                              engine.call(
                                  ask,
                                  inner ->
                                      runs.incrementAndGet() % 2 == 0
                                          ? "odd"
                                          : fail(new AtomicInteger()));
                          throw new IllegalStateException(reply);
                        })));
    assertThat(runs.get()).isBetween(5, 7);
  }

  private void nested(RetryWork<String, RuntimeException> innermost) {
    engine.call(tour, outer -> engine.call(plan, middle -> engine.call(ask, innermost)));
  }

  private static String fail(AtomicInteger runs) {
    runs.incrementAndGet();
    throw new IllegalStateException("down");
  }

  @Test
  void nestedInvocationBelongsToTheRequestOfTheEnclosingOne() throws Exception {
    List<String> requests =
        engine.call(
            tour,
            outer ->
                List.of(
                    outer.requestId(),
                    engine.call(ask, null, List.of("other"), RetryContext::requestId)));
    assertThat(requests.get(1)).isEqualTo(requests.get(0));
  }

  @Test
  void retriesOfASettingThatExcludesHoldWhereAPolicySaysNothing() {
    RetrySettings settings =
        RetrySettings.builder()
            .policy(RetryPolicy.builder().exclude(IllegalStateException.class).build())
            .build();
    RetryExecutor careful = RetryExecutor.builder().settings(settings).build();
    RetryPolicy.Builder quick = RetryPolicy.builder().delay(Duration.ZERO);
    for (boolean excludes : new boolean[] {false, true}) {
      RetryPolicy own =
          excludes ? quick.exclude(IllegalArgumentException.class).build() : quick.build();
      AtomicInteger runs = new AtomicInteger();
      RetryOperation operation = careful.operation("Desk.ask", own);
      swallow(() -> careful.call(operation, context -> fail(runs)));
      assertThat(runs).as("its own excludes: " + excludes).hasValue(excludes ? 4 : 1);
    }
  }

  @Test
  void nestedInvocationOfAnotherEngineBelongsToItTooAndKeepsItsCount() {
    RetryExecutor other = RetryExecutor.builder().build();
    AtomicInteger runs = new AtomicInteger();
    RetryWork<String, RuntimeException> inner = context -> fail(runs);
    swallow(() -> engine.call(tour, null, List.of("turn"), context -> other.call(ask, inner)));
    assertThat(runs).hasValue(5);
    assertThat(other.requests().size()).isZero();
  }

  @Test
  void requestIdsJoinInvocationsAcrossThreads() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Integer>> runs = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        runs.add(threads.submit(() -> runs(ask, List.of("turn"))));
      }
      int total = 0;
      for (Future<Integer> each : runs) {
        total += each.get();
      }
      assertThat(total).isEqualTo(42);
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void requestIdsAreEqualOnlyPartByPart() {
    assertThat(runs(ask, List.of("a", "bc"))).isEqualTo(3);
    assertThat(runs(ask, List.of("ab", "c"))).isEqualTo(3);
    assertThat(runs(ask, List.of("a", "bc"))).isEqualTo(1);
  }

  @Test
  void operationsAreCountedApart() {
    assertThat(runs(ask, List.of("turn"))).isEqualTo(3);
    assertThat(runs(plan, List.of("turn"))).isEqualTo(3);
  }

  @Test
  void successForgives() throws Exception {
    runs(ask, List.of("turn"));
    assertThat(engine.call(ask, null, List.of("turn"), RetryContext::isLastAttempt)).isTrue();
    assertThat(engine.call(ask, null, List.of("turn"), RetryContext::isLastAttempt)).isFalse();
    assertThat(engine.requests().size()).isZero();
  }

  @Test
  void successForgivesOnlyItsOwnOperation() {
    runs(ask, List.of("turn"));
    runs(plan, List.of("turn"));
    engine.call(plan, null, List.of("turn"), context -> "done");
    assertThat(runs(plan, List.of("turn"))).isEqualTo(3);
    assertThat(runs(ask, List.of("turn"))).isEqualTo(1);
  }

  @Test
  void requestsAreForgottenSomeTimeAfterTheirLastUse() {
    runs(ask, List.of("turn"));
    ticker.advance(Duration.ofMinutes(9));
    assertThat(runs(ask, List.of("turn"))).isEqualTo(1);
    ticker.advance(Duration.ofMinutes(9));
    assertThat(runs(ask, List.of("turn"))).isEqualTo(1);
    ticker.advance(Duration.ofMinutes(11));
    assertThat(engine.requests().size()).isZero();
    assertThat(runs(ask, List.of("turn"))).isEqualTo(3);
  }

  @Test
  void requestsAreBounded() {
    IntStream.range(0, 1_000).forEach(i -> runs(ask, List.of("turn " + i)));
    assertThat(engine.requests().size()).isEqualTo(100);
  }

  @Test
  void concurrentRequestsOfOneTenantSeeExactlyTheirOwnAttempts() throws Exception {
    RetryOperation patient =
        engine.operation(
            "BookingDesk.ask", RetryPolicy.builder().maxRetries(9).delay(Duration.ZERO).build());
    ExecutorService threads = Executors.newFixedThreadPool(16);
    try {
      List<Future<Integer>> attempts = new ArrayList<>();
      for (int i = 0; i < 10_000; i++) {
        Flaky work = Flaky.times(failures(i));
        List<String> ids = List.of("acme", "turn " + i);
        attempts.add(
            threads.submit(
                () -> {
                  engine.call(
                      patient,
                      null,
                      named(ids),
                      context -> {
                        assertThat(context.attempt()).isEqualTo(work.runs() + 1);
                        assertThat(context.failures()).hasSize(work.runs());
                        return work.run(context);
                      });
                  return work.runs();
                }));
      }
      for (int i = 0; i < attempts.size(); i++) {
        assertThat(attempts.get(i).get()).isEqualTo(failures(i) + 1);
      }
      assertThat(engine.requests().size()).isZero();
    } finally {
      threads.shutdown();
    }
  }

  private static int failures(int seed) {
    return new Random(seed).nextInt(10);
  }

  /** Every other request is named, the rest are their invocations. */
  private static @Nullable List<String> named(List<String> ids) {
    return ids.hashCode() % 2 == 0 ? null : ids;
  }
}
