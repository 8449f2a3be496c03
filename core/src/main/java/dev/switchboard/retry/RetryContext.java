package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One invocation of a retried operation, as its attempts see it: which attempt this is, what failed
 * before, how much time is left. It is made for the invocation and garbage after it; no other
 * invocation sees it. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryContext extends RequestCounts {

  private final Bound invocation;
  private volatile int retries;
  private volatile boolean givenUp;
  private @Nullable List<Throwable> failures;
  private @Nullable UUID invocationId;

  RetryContext(
      RetryExecutor engine,
      RetryOperation operation,
      @Nullable Method method,
      @Nullable List<String> ids,
      @Nullable RetryContext enclosing,
      @Nullable RetryScope scope,
      @Nullable Trace trace) {
    super(engine.requests(), operation, enclosing, ids, scope);
    this.invocation = new Bound(this, engine.ticker(), method, enclosing, trace);
  }

  /**
   * Returns the innermost invocation that this thread makes an attempt of.
   *
   * @return the context, the same for all attempts of the invocation
   * @throws IllegalStateException outside an attempt
   */
  public static RetryContext current() {
    RetryContext context = bound();
    if (context == null) {
      throw new IllegalStateException(
          "No retry here: RetryContext.current() works on the thread that runs a method annotated"
              + " with @RequestScopedRetry and called through its Spring bean. Usual causes:"
              + " self-invocation (this.method()), another thread, a lambda that runs only after the"
              + " method has returned (as in Mono.fromCallable: ask before it), an object that is not"
              + " a Spring bean and so has no proxy, or a test slice without this library's"
              + " auto-configuration. On another thread wrap its executor with"
              + " PropagatingTaskDecorator, in Reactor let Micrometer propagate contexts");
    }
    return context;
  }

  /** The context that an invocation starting on this thread is nested in. */
  static @Nullable RetryContext bound() {
    return bound(ThreadBindings.thread());
  }

  static @Nullable RetryContext bound(@Nullable Object[] thread) {
    return of(Invocation.current(thread));
  }

  /** The one that an invocation of who worked for {@code bindings} is nested in. */
  static @Nullable RetryContext in(ThreadBindings bindings) {
    return of(Invocation.in(bindings));
  }

  private static @Nullable RetryContext of(@Nullable Invocation invocation) {
    return invocation instanceof Bound bound ? bound.context : null;
  }

  /** What who makes an attempt works for. */
  ThreadBindings within(ThreadBindings caller) {
    return invocation.within(caller);
  }

  /**
   * Tells which request the invocation belongs to: the values of its {@link RequestId} parameters
   * joined by {@code /}, the label of its {@link RetryScope}, or an id generated for the HTTP
   * request or the invocation. Nested invocations answer the same.
   *
   * @return the id, to read; requests of different kinds may have equal ones
   */
  public String requestId() {
    return request();
  }

  /** {@return a random id, stable over the attempts: the idempotency key of a remote call} */
  public synchronized UUID invocationId() {
    if (invocationId == null) {
      invocationId = UUID.randomUUID();
    }
    return invocationId;
  }

  /** {@return which attempt of this invocation it is, from 1} */
  public int attempt() {
    return retries + 1;
  }

  /** {@return whether an earlier attempt of this invocation has failed} */
  public boolean isRetry() {
    return retries > 0;
  }

  /**
   * {@return whether a failure of this attempt cannot be retried, as no retry of the operation is
   * left in the request} Looked up anew each time: other invocations of the request spend too.
   */
  public boolean isLastAttempt() {
    return givenUp || isSpent();
  }

  /** {@return what the previous attempt failed with, null in the first} */
  public synchronized @Nullable Throwable lastFailure() {
    return failures == null ? null : failures.get(failures.size() - 1);
  }

  /** {@return a copy of what the attempts so far failed with, oldest first} */
  public synchronized List<Throwable> failures() {
    return failures == null ? List.of() : List.copyOf(failures);
  }

  /** {@return the time since the invocation began, waits included} */
  public Duration elapsed() {
    return Duration.ofNanos(invocation.elapsedNanos());
  }

  /**
   * {@return the time left under the invocation's timeout and those of the ones it is nested in:
   * zero once it has passed, empty without a timeout}
   */
  public Optional<Duration> remaining() {
    long left = remainingNanos();
    return left == Long.MAX_VALUE
        ? Optional.empty()
        : Optional.of(Duration.ofNanos(Math.max(0, left)));
  }

  /** Lets a failure of this attempt reach the caller, whatever retries are left. */
  public void giveUp() {
    givenUp = true;
  }

  @Nullable Trace trace() {
    return invocation.trace();
  }

  boolean isGivenUp() {
    return givenUp;
  }

  long remainingNanos() {
    return invocation.remainingNanos();
  }

  /** An attempt follows one that has failed. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // attempts follow each other, others only read
  void retry() {
    retries = retries + 1;
  }

  /** Makes an attempt on this thread, whose bindings {@code thread} are. */
  <T extends @Nullable Object, X extends Throwable> T attempt(
      @Nullable Object[] thread, RetryWork<T, X> work) throws X {
    Invocation outer = Invocation.bind(thread, invocation);
    try {
      return work.run(this);
    } finally {
      Invocation.bind(thread, outer);
    }
  }

  /** Makes an attempt on any thread, which then works for {@code within}. */
  <T extends @Nullable Object, X extends Throwable> T attempt(
      ThreadBindings within, RetryWork<T, X> work) throws X {
    ThreadBindings before = within.bind();
    try {
      return work.run(this);
    } finally {
      before.bind();
    }
  }

  /** A success brings back budget, and forgives earlier failures where nothing encloses it. */
  void succeeded() {
    RetryBudget budget = operation().budget();
    if (budget != null) {
      budget.succeeded(isRetry(), invocation.startNanos());
    }
    forgive();
  }

  synchronized void failed(Throwable failure) {
    if (failures == null) {
      failures = new ArrayList<>(4);
    }
    failures.add(failure);
  }

  @Override
  public String toString() {
    return "RetryContext[" + operation().name() + ", attempt " + attempt() + "]";
  }

  /** What an attempt binds to its thread. */
  private static final class Bound extends Invocation {

    final RetryContext context;

    Bound(
        RetryContext context,
        Ticker ticker,
        @Nullable Method method,
        @Nullable RetryContext enclosing,
        @Nullable Trace trace) {
      super(
          method,
          ticker,
          context.operation().timeout(),
          enclosing == null ? null : enclosing.invocation,
          trace);
      this.context = context;
    }

    @Override
    protected boolean isRetry() {
      return context.isRetry();
    }
  }
}
