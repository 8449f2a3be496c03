package dev.switchboard.retry;

import dev.switchboard.retry.RetryObserver.Stop;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Decides for one invocation, after each failure, how long to wait for the next attempt, or to
 * stop. Made at the first failure; waits for nothing itself, so that any driver can ask.
 */
final class RetryDecision {

  /** Instead of a wait: no further attempt. */
  static final long STOP = -1;

  /** No failure carries more suppressed ones than this, should it be thrown again and again. */
  private static final int MAX_SUPPRESSED = 16;

  private final RetryEvents events;
  private final RetryContext context;
  private final RetryOperation operation;
  private final BackOffExecution backOff;
  private final long maxRetryAfter;
  private final Clock clock;
  private Stop stop = Stop.NOT_RETRYABLE;

  RetryDecision(RetryContext context, Duration maxRetryAfter, Clock clock, RetryEvents events) {
    this.events = events;
    this.context = context;
    this.operation = context.operation();
    this.backOff = operation.startBackOff();
    this.maxRetryAfter = RetryOperation.nanos(maxRetryAfter);
    this.clock = clock;
  }

  /**
   * The wait before the next attempt in nanoseconds, or {@link #STOP}.
   *
   * @param interrupted whether who waits for the attempts has been told to stop
   */
  long after(Throwable failure, boolean interrupted) {
    events.retried(context, false);
    context.failed(failure);
    if (context.isGivenUp()) {
      return stop(Stop.GIVEN_UP);
    }
    if (interrupted) {
      return stop(Stop.INTERRUPTED);
    }
    if (operation.maxRetries() == 0) {
      return stop(Stop.EXHAUSTED);
    }
    List<Throwable> chain = RetryFilter.chain(failure);
    if (!operation.filter().matches(chain)) {
      return stop(Stop.NOT_RETRYABLE);
    }
    long asked = retryAfter(chain);
    if (asked > maxRetryAfter) {
      return stop(Stop.RETRY_AFTER);
    }
    long wait = Math.max(asked, Math.max(0, backOff.nextBackOff()));
    if (wait >= context.remainingNanos()) {
      return stop(Stop.DEADLINE);
    }
    return spend() ? wait : STOP;
  }

  private long stop(Stop cause) {
    stop = cause;
    return STOP;
  }

  /** Whether an attempt may begin after its wait, {@code waited} out; else it is not counted. */
  boolean mayBegin(boolean waited) {
    boolean begins = waited && context.remainingNanos() > 0;
    if (begins) {
      context.retry();
    } else {
      stop = waited ? Stop.DEADLINE : Stop.INTERRUPTED;
      RetryBudget budget = operation.budget();
      if (budget != null) {
        budget.giveBack();
      }
      context.takeBack();
    }
    return begins;
  }

  /** No attempt follows: tells so, and makes the earlier failures known by the last one. */
  void settle(Throwable last) {
    events.stopped(operation, stop);
    List<Throwable> known = new ArrayList<>(RetryFilter.chain(last));
    known.addAll(List.of(last.getSuppressed()));
    int suppressed = last.getSuppressed().length;
    for (Throwable earlier : context.failures()) {
      if (suppressed < MAX_SUPPRESSED
          && !contains(known, earlier)
          && !contains(RetryFilter.chain(earlier), last)) {
        last.addSuppressed(earlier);
        known.add(earlier);
        suppressed++;
      }
    }
  }

  private long retryAfter(List<Throwable> chain) {
    if (RetryFilter.WEB) {
      for (Throwable failure : chain) {
        @Nullable Duration asked = HttpFailures.retryAfter(failure, clock);
        if (asked != null) {
          return RetryOperation.nanos(asked);
        }
      }
    }
    return 0;
  }

  /** Takes one retry from the operation's budget and from the request, or from neither. */
  private boolean spend() {
    RetryBudget budget = operation.budget();
    if (budget != null && !budget.take()) {
      stop = context.isLastAttempt() ? Stop.EXHAUSTED : Stop.BUDGET;
      return false;
    }
    boolean spent = context.spend();
    if (!spent) {
      stop = Stop.EXHAUSTED;
      if (budget != null) {
        budget.giveBack();
      }
    }
    return spent;
  }

  private static boolean contains(List<Throwable> failures, Throwable failure) {
    return failures.stream().anyMatch(known -> known == failure);
  }
}
