package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvocationObserver;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.lang.reflect.Method;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
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

  RetryExecutor(RetryExecutorBuilder builder) {
    this.settings = builder.settings;
    this.ticker = builder.ticker;
    this.sleeper = builder.sleeper;
    this.clock = builder.clock;
    this.requests = new RetryRequests(settings, ticker);
    this.events = new RetryEvents(builder.observer);
    this.invocations = builder.invocations;
  }

  /** {@return a builder that starts from the default settings and the system's clocks} */
  public static RetryExecutorBuilder builder() {
    return new RetryExecutorBuilder();
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
    @Nullable Object[] thread = ThreadBindings.thread();
    RetryContext enclosing = RetryContext.bound(thread);
    RetryScope scope = enclosing == null && ids == null ? RetryScope.bound(thread) : null;
    RetryContext context = new RetryContext(this, operation, method, ids, enclosing, scope, trace);
    try {
      T result = attempts(context, thread, trace, work);
      Trace.end(trace, null);
      return result;
    } catch (Throwable failure) {
      Trace.end(trace, failure);
      throw failure;
    }
  }

  private <T extends @Nullable Object, X extends Throwable> T attempts(
      RetryContext context, @Nullable Object[] thread, @Nullable Trace trace, RetryWork<T, X> work)
      throws X {
    RetryDecision decision = null;
    while (true) {
      Trace.event(trace, Event.ATTEMPT);
      T result;
      try {
        result = context.attempt(thread, work);
      } catch (Throwable failure) {
        if (decision == null) {
          decision = decision(context);
        }
        long wait = decision.after(failure, Thread.currentThread().isInterrupted());
        if (wait == RetryDecision.STOP || !decision.mayBegin(sleep(trace, wait))) {
          decision.settle(failure);
          throw failure;
        }
        continue;
      }
      succeeded(context);
      return result;
    }
  }

  /**
   * Runs work that answers later, until it succeeds or may not be retried any more: as {@link
   * #call}, but no thread is held by waits, and whatever fails fails the future. The first attempt
   * is made on this thread, others on one of a few for this purpose. Cancelling the future, or
   * completing it otherwise, cancels the attempt or wait that goes on, and no other begins.
   *
   * @param operation what the retries are counted under
   * @param work one attempt
   * @param <T> what the work's future completes with
   * @return the result of the successful attempt, or the last failure, as of {@link #call}
   */
  public <T extends @Nullable Object> CompletableFuture<T> callAsync(
      RetryOperation operation, RetryWork<? extends CompletionStage<T>, ?> work) {
    ThreadBindings caller = ThreadBindings.capture();
    RetryContext context = begin(operation, null, null, caller);
    return new RetriedFuture<T>(this, context, caller, work).start();
  }

  /** Begins an invocation that answers later, in what its caller worked for. */
  RetryContext begin(
      RetryOperation operation,
      @Nullable Method method,
      @Nullable List<String> ids,
      ThreadBindings caller) {
    Trace trace = Trace.start(invocations, operation.name(), null);
    Trace.leave(trace);
    RetryContext enclosing = RetryContext.in(caller);
    RetryScope scope = enclosing == null && ids == null ? scope(caller) : null;
    return new RetryContext(this, operation, method, ids, enclosing, scope, trace);
  }

  /** The request's scope, sought by its caller: later attempts are made where nobody knows it. */
  private static RetryScope scope(ThreadBindings caller) {
    RetryScope open = RetryScope.in(caller);
    Object http = open == null && RetryFilter.WEB ? HttpRequests.current() : null;
    if (http != null) {
      open = HttpRequests.scope(http, true);
    }
    return open == null ? new RetryScope() : open;
  }

  RetryDecision decision(RetryContext context) {
    return new RetryDecision(context, settings.maxRetryAfter(), clock, events);
  }

  void succeeded(RetryContext context) {
    context.succeeded();
    events.retried(context, true);
  }

  /** Completes after a wait, on a thread that may go on with the attempt. */
  CompletableFuture<@Nullable Void> delay(long nanos) {
    return nanos == 0
        ? CompletableFuture.completedFuture(null)
        : sleeper.delay(Duration.ofNanos(nanos));
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
}
