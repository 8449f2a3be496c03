package dev.switchboard.session;

import dev.switchboard.Continuations;
import dev.switchboard.Invocation;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** Waits for what flights bring, on this thread or on none. */
final class FlightWaits {

  private final Flights flights;

  FlightWaits(Flights flights) {
    this.flights = flights;
  }

  /** Waits for another's flight, at most until its time-out and the deadline of this call. */
  @Nullable Session await(Flight flight) {
    SessionKey key = flight.key();
    try {
      return get(flight, flight.result());
    } catch (TimeoutException e) {
      throw outOfTime(key);
    } catch (InterruptedException e) {
      throw interrupted(key, e);
    } catch (ExecutionException e) {
      throw notJoined(key, e);
    }
  }

  private static SessionOpenException interrupted(SessionKey key, InterruptedException e) {
    Thread.currentThread().interrupt();
    return SessionOpenException.of(key, "the wait for another call to open it was interrupted", e);
  }

  /** Returns or throws what a call gets that has waited in vain. */
  static SessionOpenException notJoined(SessionKey key, Throwable failure) {
    Throwable cause = Claims.cause(failure);
    if (cause instanceof Error error) {
      throw error;
    }
    if (cause instanceof TimeoutException) {
      return outOfTime(key);
    }
    return cause instanceof SessionOpenException shared
        ? shared.copy()
        : SessionOpenException.of(key, "its opening failed", cause);
  }

  /** Like {@link #get}, but holds no thread; what follows a wait runs on a continuation's. */
  <T extends @Nullable Object> CompletableFuture<T> later(
      Flight flight, CompletableFuture<T> result, @Nullable Invocation invocation) {
    long left = flights.remainingNanos(flight);
    if (result.isDone()) {
      return result;
    }
    long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
    if (allowed <= 0) {
      return CompletableFuture.failedFuture(new TimeoutException());
    }
    // Which time ran out is told by the next look at both.
    return result
        .copy()
        .orTimeout(Math.max(1, Math.min(left, allowed)), TimeUnit.NANOSECONDS)
        .handleAsync((done, failure) -> flight, Continuations.executor())
        .thenCompose(same -> later(same, result, invocation));
  }

  /**
   * Waits for a result that the flight is about, abandoning the flight at its time-out.
   *
   * @throws TimeoutException where the time of this thread's call ran out before
   */
  <T extends @Nullable Object> T get(Flight flight, CompletableFuture<T> result)
      throws TimeoutException, InterruptedException, ExecutionException {
    Invocation invocation = Invocation.current();
    for (; ; ) {
      long left = flights.remainingNanos(flight);
      long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
      try {
        return result.get(Math.max(0, Math.min(left, allowed)), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (allowed <= 0) {
          throw e;
        }
        // Which time ran out is told by the next look at both.
      }
    }
  }

  /** Waits while another call opens a session for both, at most so long. */
  void lock(Lock reopening, SessionKey key, Duration openTimeout) {
    if (reopening.tryLock()) {
      return;
    }
    Invocation invocation = Invocation.current();
    long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
    long longest = Durations.nanos(openTimeout);
    try {
      if (reopening.tryLock(Math.min(longest, allowed), TimeUnit.NANOSECONDS)) {
        return;
      }
    } catch (InterruptedException e) {
      throw interrupted(key, e);
    }
    throw allowed < longest ? outOfTime(key) : SessionOpenException.of(key, Flights.TOO_SLOW, null);
  }

  /**
   * Waits until the flight's specialist may be asked.
   *
   * @return false where nobody wants the flight any more
   * @throws TimeoutException where the time of this thread's call ran out before
   */
  boolean acquire(Flight flight, Semaphore permits) throws TimeoutException, InterruptedException {
    Invocation invocation = Invocation.current();
    for (; ; ) {
      long left = flights.remainingNanos(flight);
      if (flight.unwanted() != null) {
        return false;
      }
      long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
      if (permits.tryAcquire(Math.max(0, Math.min(left, allowed)), TimeUnit.NANOSECONDS)) {
        if (flight.unwanted() == null) {
          return true;
        }
        permits.release();
        return false;
      }
      if (allowed <= 0) {
        throw new TimeoutException();
      }
    }
  }

  static SessionOpenException notAsked(SessionKey key) {
    return SessionOpenException.of(
        key, "the time of the call ran out before the specialist could be asked", null);
  }

  static SessionOpenException outOfTime(SessionKey key) {
    return SessionOpenException.of(
        key, "the time of the call ran out while another opened it", null);
  }
}
