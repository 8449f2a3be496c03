package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.ThreadBindings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class RetryScopeTests {

  private final RetryExecutor engine = RetryExecutor.builder().build();
  private final RetryOperation ask = operation("BookingDesk.ask");
  private final RetryOperation plan = operation("Planner.plan");

  private RetryOperation operation(String name) {
    return engine.operation(name, RetryPolicy.builder().maxRetries(2).delay(Duration.ZERO).build());
  }

  /** How often work that always fails runs. */
  private int runs(RetryOperation operation) {
    Flaky work = Flaky.times(100);
    swallow(() -> engine.call(operation, work));
    return work.runs();
  }

  @Test
  void scopeJoinsTheInvocationsWithin() {
    try (RetryScope scope = RetryScope.open("turn")) {
      assertThat(scope.label()).isEqualTo("turn");
      assertThat(runs(ask)).isEqualTo(3);
      assertThat(runs(ask)).isEqualTo(1);
      assertThat(engine.call(plan, RetryContext::requestId)).isEqualTo("turn");
    }
    assertThat(runs(ask)).isEqualTo(3);
  }

  @Test
  void requestIdWinsOverTheScope() {
    try (RetryScope scope = RetryScope.open("turn")) {
      Flaky work = Flaky.times(100);
      swallow(() -> engine.call(ask, null, List.of("other"), work));
      assertThat(work.runs()).isEqualTo(3);
      assertThat(scope.spent(ask)).isZero();
    }
  }

  @Test
  void innerScopeGivesWayToTheOuterOne() {
    try (RetryScope outer = RetryScope.open("outer")) {
      try (RetryScope inner = RetryScope.open("inner")) {
        assertThat(RetryScope.bound(ThreadBindings.thread())).isSameAs(inner);
      }
      assertThat(RetryScope.bound(ThreadBindings.thread())).isSameAs(outer);
    }
    assertThat(RetryScope.bound(ThreadBindings.thread())).isNull();
  }

  @Test
  void closingOutOfOrderOrTwiceLeavesNothingOpen() {
    RetryScope outer = RetryScope.open("outer");
    RetryScope inner = RetryScope.open("inner");
    outer.close();
    assertThat(RetryScope.bound(ThreadBindings.thread())).isNull();
    try (RetryScope next = RetryScope.open("next")) {
      inner.close();
      outer.close();
      assertThat(RetryScope.bound(ThreadBindings.thread())).isSameAs(next);
    }
  }

  @Test
  void scopeIsClosedByItsOwnThread() throws Exception {
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try (RetryScope scope = RetryScope.open("turn")) {
      Throwable refused = thread.submit(() -> catchThrowable(scope::close)).get();
      assertThat(refused)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("a RetryScope must be closed by the thread that opened it");
    } finally {
      thread.shutdown();
    }
  }

  @Test
  void blankLabelIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RetryScope.open(" "))
        .withMessage("a RetryScope's label must not be blank");
  }
}
