package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.Trace;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Does without annotations what {@link RequestScopedRetry} does with them. Needs no Spring
 * container. Safe for use by several threads.
 *
 * <pre>{@code
 * RetryExecutor retries = RetryExecutor.builder().build();
 * RetryOperation ask = retries.operation("marketing.ask", RetryPolicy.builder().maxRetries(2).build());
 * String reply = retries.call(ask, context -> http.ask(message, context.invocationId()));
 * }</pre>
 *
 * @since 0.1
 */
public final class RetryExecutor {

  private final RetrySettings settings;
  private final Ticker ticker;
  private final Sleeper sleeper;
  private final Clock clock;
  private final RetryRequests requests;
  private final RetryEvents events;
  private final @Nullable InvocationObserver invocations;
  private final RetryOperations operations = new RetryOperations();

  private RetryExecutor(Builder builder) {
    this.settings = builder.settings;
    this.ticker = builder.ticker;
    this.sleeper = builder.sleeper;
    this.clock = builder.clock;
    this.requests = new RetryRequests(settings, ticker);
    this.events = new RetryEvents(builder.observer);
    this.invocations = builder.invocations;
  }

  /** {@return a builder that starts from the default settings and the system's clocks} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Makes an operation, to be kept: its budget and its counts are its own.
   *
   * @param name how settings and messages call it, {@code Class.method} by custom
   * @param policy what is said about it here; the settings complete it, or overrule it by name
   * @return the operation
   * @throws IllegalArgumentException if what the policy says cannot go together with the settings
   */
  public RetryOperation operation(String name, RetryPolicy policy) {
    return operation(name, "the operation's policy", policy);
  }

  /** The same, for a policy that is stated at {@code place}. */
  RetryOperation operation(String name, String place, RetryPolicy policy) {
    StatedPolicy stated = settings.policyFor(name, place, policy);
    RetryOperation operation = operations.add(new RetryOperation(name, stated, settings, ticker));
    events.created(operation);
    return operation;
  }

  /** {@return the operations in use, by name} */
  public List<RetryOperation> operations() {
    return operations.byName();
  }

  /**
   * Runs work until it succeeds or may not be retried any more, on this thread.
   *
   * @param operation what the retries are counted under
   * @param work one attempt
   * @param <T> what the work returns
   * @param <X> what the work throws
   * @return what the successful attempt returned
   * @throws X the last failure as it was thrown, earlier ones suppressed on it where it allows that
   */
  public <T extends @Nullable Object, X extends Throwable> T call(
      RetryOperation operation, RetryWork<T, X> work) throws X {
    return call(operation, null, null, work);
  }

  /** The same for a method, in the request that {@code ids} name where it is nested in none. */
  <T extends @Nullable Object, X extends Throwable> T call(
      RetryOperation operation,
      @Nullable Method method,
      @Nullable List<String> ids,
      RetryWork<T, X> work)
      throws X {
    Trace trace = Trace.start(invocations, operation.name(), null);
    Invocation invocation =
        new Invocation(method, ticker, operation.timeout(), Invocation.current(), trace);
    RetryContext context = new RetryContext(this, operation, invocation, ids);
    try {
      T result = attempts(context, trace, work);
      Trace.end(trace, null);
      return result;
    } catch (Throwable failure) {
      Trace.end(trace, failure);
      throw failure;
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T attempts(
      RetryContext context, @Nullable Trace trace, RetryWork<T, X> work) throws X {
    RetryDecision decision = null;
    while (true) {
      Trace.event(trace, Event.ATTEMPT);
      T result;
      try {
        result = context.attempt(work);
      } catch (Throwable failure) {
        events.retried(context, false);
        if (decision == null) {
          decision = new RetryDecision(context, settings.maxRetryAfter(), clock);
        }
        long wait = decision.after(failure);
        if (wait == RetryDecision.STOP || !decision.mayBegin(sleep(trace, wait))) {
          events.stopped(context.operation(), decision.stop());
          decision.settle(failure);
          throw failure;
        }
        continue;
      }
      context.succeeded();
      events.retried(context, true);
      return result;
    }
  }

  RetrySettings settings() {
    return settings;
  }

  Ticker ticker() {
    return ticker;
  }

  RetryRequests requests() {
    return requests;
  }

  private boolean sleep(@Nullable Trace trace, long nanos) {
    if (nanos == 0) {
      return true;
    }
    Trace.event(trace, Event.WAIT);
    try {
      sleeper.sleep(Duration.ofNanos(nanos));
      return true;
    } catch (InterruptedException ex) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /**
   * Collects what an engine is made of. Not safe for use by several threads.
   *
   * @since 0.1
   */
  public static final class Builder {

    private RetrySettings settings = RetrySettings.defaults();
    private Ticker ticker = Ticker.systemTicker();
    private Sleeper sleeper = wait -> TimeUnit.NANOSECONDS.sleep(wait.toNanos());
    private Clock clock = Clock.systemUTC();
    private @Nullable RetryObserver observer;
    private @Nullable InvocationObserver invocations;

    private Builder() {}

    /**
     * {@return this builder, with these settings}
     *
     * @param settings {@link RetrySettings#defaults()} by default
     */
    public Builder settings(RetrySettings settings) {
      this.settings = settings;
      return this;
    }

    /**
     * {@return this builder, with this clock for timeouts, budgets and expiry}
     *
     * @param ticker the system's by default
     */
    public Builder ticker(Ticker ticker) {
      this.ticker = ticker;
      return this;
    }

    /**
     * {@return this builder, with this way to wait}
     *
     * @param sleeper blocks the thread by default
     */
    public Builder sleeper(Sleeper sleeper) {
      this.sleeper = sleeper;
      return this;
    }

    /**
     * {@return this builder, with this wall clock to read the date of a {@code Retry-After}
     * against}
     *
     * @param clock the system's by default
     */
    public Builder clock(Clock clock) {
      this.clock = clock;
      return this;
    }

    /**
     * {@return this builder, with who is told what becomes of retries}
     *
     * @param observer nobody by default
     */
    public Builder observer(RetryObserver observer) {
      this.observer = observer;
      return this;
    }

    /**
     * {@return this builder, with who watches invocations}
     *
     * @param invocations nobody by default
     */
    public Builder observer(InvocationObserver invocations) {
      this.invocations = invocations;
      return this;
    }

    /** {@return an engine, without any operations yet} */
    public RetryExecutor build() {
      return new RetryExecutor(this);
    }
  }
}
