package dev.switchboard;

import com.github.benmanes.caffeine.cache.Ticker;
import java.lang.reflect.Method;
import java.util.HashSet;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One call of a method that is retried, as far as its session has to know of it: how much time is
 * left, and whether the one recovery of a lost session that a call has is spent. Retries bind it to
 * the thread around every attempt, with more of their own; sessions read it, so that neither
 * feature needs the other.
 *
 * <p>Used by this library; applications use {@code RetryContext} and {@code SessionContext}. Safe
 * for use by several threads.
 *
 * @since 0.1
 */
public class Invocation {

  private static final ThreadBindings.Slot<Invocation> CURRENT = new ThreadBindings.Slot<>();

  private final @Nullable Method method;

  private final Ticker ticker;
  private final long startNanos;

  /** From its start, {@link Long#MAX_VALUE} for any. */
  private final long allowedNanos;

  private final @Nullable Trace trace;
  private @Nullable Set<Object> recovered;

  /**
   * Creates an invocation that has {@code timeoutNanos}, or what is left to {@code enclosing} where
   * that is less.
   *
   * @param method the method called, null where there is none
   * @param ticker the clock that times are read from
   * @param timeoutNanos the time it may take in nanoseconds, {@link Long#MAX_VALUE} for any
   * @param enclosing the invocation it is nested in, or null
   * @param trace what watches it, or null
   */
  public Invocation(
      @Nullable Method method,
      Ticker ticker,
      long timeoutNanos,
      @Nullable Invocation enclosing,
      @Nullable Trace trace) {
    this.trace = trace;
    this.method = method;
    long left = enclosing == null ? Long.MAX_VALUE : enclosing.remainingNanos();
    this.allowedNanos = Math.min(timeoutNanos, left);
    this.ticker = ticker;
    this.startNanos = ticker.read();
  }

  /**
   * Returns the innermost invocation that this thread runs an attempt of.
   *
   * @return the invocation, or null outside one
   */
  public static @Nullable Invocation current() {
    return CURRENT.get();
  }

  /**
   * Returns the innermost invocation that a thread runs an attempt of.
   *
   * @param thread the thread's own bindings
   * @return the invocation, or null outside one
   */
  public static @Nullable Invocation current(@Nullable Object[] thread) {
    return CURRENT.get(thread);
  }

  /**
   * Returns the innermost invocation that {@code bindings} hold.
   *
   * @param bindings what a thread worked for
   * @return the invocation, or null
   */
  public static @Nullable Invocation in(ThreadBindings bindings) {
    return CURRENT.in(bindings);
  }

  /**
   * Copies {@code bindings} with this as the innermost invocation.
   *
   * @param bindings what a thread worked for
   * @return what who makes an attempt works for
   */
  public final ThreadBindings within(ThreadBindings bindings) {
    return CURRENT.with(bindings, this);
  }

  /**
   * Makes {@code invocation} a thread's current one.
   *
   * @param thread the thread's own bindings
   * @param invocation the invocation to bind, or null for none
   * @return the previous one, which who binds one also puts back
   */
  public static @Nullable Invocation bind(
      @Nullable Object[] thread, @Nullable Invocation invocation) {
    return CURRENT.bind(thread, invocation);
  }

  /**
   * Tells how much time is left before the deadline.
   *
   * @return nanoseconds, zero or less once it has passed, {@link Long#MAX_VALUE} without a deadline
   */
  public final long remainingNanos() {
    return allowedNanos == Long.MAX_VALUE ? Long.MAX_VALUE : allowedNanos - elapsedNanos();
  }

  /**
   * Tells when it began.
   *
   * @return nanoseconds on its ticker
   */
  public final long startNanos() {
    return startNanos;
  }

  /**
   * Tells how much time has passed since it began.
   *
   * @return nanoseconds
   */
  public final long elapsedNanos() {
    return ticker.read() - startNanos;
  }

  /**
   * Tells the time to a call of the method that is an attempt of it. To read a clock can cost as
   * much as all else that such a call does, so the first attempt is told when the invocation began.
   *
   * @param clock what else the time is read from
   * @return nanoseconds on {@code clock}
   */
  public final long nowNanos(Ticker clock) {
    return clock == ticker && method != null && !isRetry() ? startNanos : clock.read();
  }

  /**
   * Tells whether an earlier attempt has failed.
   *
   * @return false in the first
   */
  protected boolean isRetry() {
    return false;
  }

  /**
   * Tells whether this is a call of {@code method}, not of one that encloses it.
   *
   * @param method a method as the class declares it, or null for a call of the engine without one
   * @return whether what runs now is an attempt of that very call
   */
  public final boolean isAttemptOf(@Nullable Method method) {
    return Objects.equals(method, this.method);
  }

  /**
   * Returns what watches the invocation, its session included.
   *
   * @return the trace, or null where nobody watches
   */
  public final @Nullable Trace trace() {
    return trace;
  }

  /**
   * Spends the one recovery of a lost session that an invocation has for each session key, over all
   * its attempts.
   *
   * @param key whose session was lost
   * @return whether it was still there to spend
   */
  public final synchronized boolean spendRecovery(Object key) {
    if (recovered == null) {
      recovered = new HashSet<>(2);
    }
    return recovered.add(key);
  }
}
