package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryContextTests {

  private final FakeTicker ticker = new FakeTicker();
  private final RetryExecutor engine =
      RetryExecutor.builder().ticker(ticker).sleeper(new FakeSleeper(ticker)).build();
  private final RetryOperation operation =
      engine.operation(
          "BookingDesk.ask", RetryPolicy.builder().maxRetries(2).jitter(Duration.ZERO).build());

  @Test
  void requestMayTakeWhatTimeIsLeftAndAtLeastAMillisecond() throws Exception {
    assertThat(RetryHeaders.timeLeft()).isNull();
    FakeTicker clock = new FakeTicker();
    RetryExecutor timed = RetryExecutor.builder().ticker(clock).build();
    RetryOperation hurried =
        timed.operation("Desk.ask", RetryPolicy.builder().timeout(Duration.ofSeconds(9)).build());
    List<Duration> left =
        timed.call(
            hurried,
            context -> {
              Duration all = RetryHeaders.timeLeft();
              clock.advance(Duration.ofSeconds(9));
              return List.of(
                  Objects.requireNonNull(all), Objects.requireNonNull(RetryHeaders.timeLeft()));
            });
    assertThat(left).containsExactly(Duration.ofSeconds(9), Duration.ofMillis(1));
  }

  @Test
  void currentOutsideAnInvocationSaysWhatIsUsuallyWrong() {
    assertThatIllegalStateException()
        .isThrownBy(RetryContext::current)
        .withMessageContainingAll(
            "@RequestScopedRetry",
            "self-invocation",
            "another thread",
            "Mono",
            "proxy",
            "test slice");
  }

  @Test
  void contextIsGoneAfterTheInvocationWhateverItsEnd() throws Exception {
    engine.call(operation, context -> "done");
    swallow(() -> engine.call(operation, Flaky.times(9)));
    assertThatIllegalStateException().isThrownBy(RetryContext::current);
  }

  @Test
  void outerContextIsBackAfterANestedInvocation() throws Exception {
    boolean back =
        engine.call(
            operation,
            outer -> {
              engine.call(operation, inner -> "done");
              return RetryContext.current() == outer;
            });
    assertThat(back).isTrue();
  }

  @Test
  void attemptsAreCountedAndTheLastIsKnown() {
    List<String> seen = new ArrayList<>();
    assertThatThrownBy(
            () ->
                engine.call(
                    operation,
                    context -> {
                      seen.add(
                          "%d %b %b"
                              .formatted(
                                  context.attempt(), context.isRetry(), context.isLastAttempt()));
                      throw new IOException();
                    }))
        .isInstanceOf(IOException.class);
    assertThat(seen).containsExactly("1 false false", "2 true false", "3 true true");
  }

  @Test
  void lastAttemptIsReadAnewEachTime() throws Exception {
    List<Boolean> last =
        engine.call(
            operation,
            context -> {
              boolean before = context.isLastAttempt();
              swallow(() -> engine.call(operation, Flaky.times(9)));
              return List.of(before, context.isLastAttempt());
            });
    assertThat(last).containsExactly(false, true);
  }

  @Test
  void earlierFailuresAreThereOldestFirst() throws Exception {
    Flaky work = Flaky.times(2);
    List<List<Throwable>> seen = new ArrayList<>();
    engine.call(
        operation,
        context -> {
          seen.add(context.failures());
          Throwable last = context.lastFailure();
          assertThat(last).isSameAs(context.isRetry() ? lastOf(context.failures()) : null);
          return work.run(context);
        });
    assertThat(seen).extracting(List::size).containsExactly(0, 1, 2);
    assertThat(seen.get(2))
        .extracting(Throwable::getMessage)
        .containsExactly("failure 1", "failure 2");
  }

  private static Throwable lastOf(List<Throwable> failures) {
    return failures.get(failures.size() - 1);
  }

  @Test
  void invocationIdIsStableOverTheAttemptsAndOnEveryThread() throws Exception {
    Flaky work = Flaky.times(2);
    Set<UUID> ids = ConcurrentHashMap.newKeySet();
    engine.call(
        operation,
        context -> {
          IntStream.range(0, 50).parallel().forEach(i -> ids.add(context.invocationId()));
          return work.run(context);
        });
    assertThat(ids).hasSize(1);
    UUID other = engine.call(operation, RetryContext::invocationId);
    assertThat(ids).doesNotContain(other);
  }

  @Test
  void elapsedTimeSpansTheWaits() throws Exception {
    Flaky work = Flaky.times(2);
    Duration elapsed =
        engine.call(
            operation,
            context -> {
              work.run(context);
              return context.elapsed();
            });
    assertThat(elapsed).isEqualTo(Duration.ofMillis(1500));
  }

  @Test
  void remainingIsEmptyWithoutATimeoutAndNeverNegative() throws Exception {
    assertThat(engine.call(operation, RetryContext::remaining)).isEmpty();
    RetryOperation timed =
        engine.operation(
            "BookingDesk.ask", RetryPolicy.builder().timeout(Duration.ofSeconds(1)).build());
    List<Duration> left =
        engine.call(
            timed,
            context -> {
              Duration before = context.remaining().orElseThrow();
              ticker.advance(Duration.ofSeconds(2));
              return List.of(before, context.remaining().orElseThrow());
            });
    assertThat(left).containsExactly(Duration.ofSeconds(1), Duration.ZERO);
  }

  @Test
  void givingUpEndsTheInvocationWithThisFailure() {
    Flaky work = Flaky.times(9);
    assertThatThrownBy(
            () ->
                engine.call(
                    operation,
                    context -> {
                      if (context.isRetry()) {
                        context.giveUp();
                        assertThat(context.isLastAttempt()).isTrue();
                      }
                      return work.run(context);
                    }))
        .hasMessage("failure 2");
  }

  @Test
  void printsNeitherRequestNorFailures() throws Exception {
    String text = engine.call(operation, null, List.of("secret"), RetryContext::toString);
    assertThat(text).isEqualTo("RetryContext[BookingDesk.ask, attempt 1]");
  }
}
