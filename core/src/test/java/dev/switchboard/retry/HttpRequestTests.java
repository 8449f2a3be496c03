package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNoException;

import dev.switchboard.PropagatingTaskDecorator;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.test.context.web.ServletTestExecutionListener;
import org.springframework.web.context.request.RequestContextHolder;
import org.springframework.web.context.request.ServletRequestAttributes;

class HttpRequestTests {

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

  @AfterEach
  void leaveTheHttpRequest() {
    RequestContextHolder.resetRequestAttributes();
  }

  @Test
  void httpRequestJoinsItsInvocations() {
    enter(new MockHttpServletRequest());
    assertThat(runs(ask)).isEqualTo(3);
    assertThat(runs(ask)).isEqualTo(1);
    String request = engine.call(plan, RetryContext::requestId);
    assertThat(engine.call(plan, RetryContext::requestId)).isEqualTo(request);
    engine.call(ask, context -> "done");
    assertThat(runs(ask)).isEqualTo(3);
    enter(new MockHttpServletRequest());
    assertThat(runs(ask)).isEqualTo(3);
  }

  @Test
  void httpRequestJoinsItsFuturesWhoeverCompletesThem() {
    enter(new MockHttpServletRequest());
    assertThat(runsLater(ask)).isEqualTo(3);
    assertThat(runsLater(ask)).isEqualTo(1);
    assertThat(runs(ask)).isEqualTo(1);
  }

  /** How often work runs whose futures always fail. */
  private int runsLater(RetryOperation operation) {
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<String> asked =
        engine.callAsync(
            operation,
            context -> {
              runs.incrementAndGet();
              return CompletableFuture.failedFuture(new IOException("down"));
            });
    assertThat(asked).failsWithin(Duration.ofSeconds(20));
    return runs.get();
  }

  @Test
  void requestWhoseThreadCompletesAFutureIsNotTheFutures() {
    CompletableFuture<String> reply = new CompletableFuture<>();
    AtomicInteger runs = new AtomicInteger();
    CompletableFuture<String> asked =
        engine.callAsync(
            ask,
            context ->
                runs.incrementAndGet() == 1
                    ? reply
                    : CompletableFuture.failedFuture(new IOException("down")));
    enter(new MockHttpServletRequest());
    reply.completeExceptionally(new IOException("down"));
    assertThat(asked).failsWithin(Duration.ofSeconds(20));
    assertThat(runs).hasValue(3);
    assertThat(runs(ask)).isEqualTo(3);
  }

  @Test
  void httpRequestJoinsWhatFailsOnOtherThreads() {
    enter(new MockHttpServletRequest());
    Executor workers = PropagatingTaskDecorator.of(HttpRequestTests::elsewhere);
    assertThat(runsWithin(plan, workers)).isEqualTo(3);
    assertThat(runsWithin(plan, workers)).isEqualTo(1);
    assertThat(runs(ask)).isEqualTo(1);
  }

  private int runsWithin(RetryOperation enclosing, Executor workers) {
    AtomicInteger runs = new AtomicInteger();
    engine.call(
        enclosing,
        context -> {
          workers.execute(() -> runs.set(runs(ask)));
          return "done";
        });
    return runs.get();
  }

  private static void elsewhere(Runnable task) {
    Thread thread = new Thread(task);
    thread.start();
    assertThatNoException().isThrownBy(thread::join);
  }

  @Test
  void nestedSuccessForgivesNothing() {
    enter(new MockHttpServletRequest());
    engine.call(
        plan,
        enclosing -> {
          Flaky twice = Flaky.times(2);
          swallow(() -> engine.call(ask, twice));
          assertThat(runs(ask)).isEqualTo(1);
          return "done";
        });
  }

  @Test
  void scopeWinsOverTheHttpRequest() {
    enter(new MockHttpServletRequest());
    runs(ask);
    try (RetryScope scope = RetryScope.open("turn")) {
      assertThat(runs(ask)).isEqualTo(3);
      assertThat(scope.spent(ask)).isEqualTo(2);
    }
  }

  @Test
  void mockRequestOfATestMethodDoesNotCount() {
    MockHttpServletRequest request = new MockHttpServletRequest();
    request.setAttribute(ServletTestExecutionListener.CREATED_BY_THE_TESTCONTEXT_FRAMEWORK, true);
    enter(request);
    assertThat(runs(ask)).isEqualTo(3);
    assertThat(runs(ask)).isEqualTo(3);
  }

  @Test
  void completedHttpRequestDoesNotCount() {
    enter(new MockHttpServletRequest()).requestCompleted();
    assertThat(runs(ask)).isEqualTo(3);
    assertThat(runs(ask)).isEqualTo(3);
  }

  private static ServletRequestAttributes enter(MockHttpServletRequest request) {
    ServletRequestAttributes attributes = new ServletRequestAttributes(request);
    RequestContextHolder.setRequestAttributes(attributes);
    return attributes;
  }
}
