package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Work that fails with these failures, one an attempt, and then succeeds. */
final class Flaky implements RetryWork<String, Exception> {

  private final Deque<Throwable> failures;
  private int runs;

  Flaky(Throwable... failures) {
    this.failures = new ArrayDeque<>(Arrays.asList(failures));
  }

  /** Work that fails so often. */
  static Flaky times(int failures) {
    Throwable[] all = new Throwable[failures];
    Arrays.setAll(all, i -> new IllegalStateException("failure " + (i + 1)));
    return new Flaky(all);
  }

  /** Makes a call whose failure is not what the test is about. */
  static void swallow(ThrowingCallable call) {
    Throwable unused = catchThrowable(call);
  }

  int runs() {
    return runs;
  }

  @Override
  public String run(RetryContext context) throws Exception {
    runs++;
    Throwable failure = failures.poll();
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof Exception exception) {
      throw exception;
    }
    return "done in " + context.attempt();
  }
}
