package dev.switchboard.session;

import dev.switchboard.Continuations;
import dev.switchboard.Invocation;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Queues of exclusive calls, one for every key that has any, in order of arrival. A queue outlives
 * the session it is for, so that a reopened session keeps the order; it is gone with its last call.
 */
final class ExclusiveTurns {

  private final Map<SessionKey, Queue<Turn>> queues = new ConcurrentHashMap<>();

  /** Takes a place in the key's queue; the turn completes when it is first. */
  Turn take(SessionKey key) {
    Turn turn = new Turn(key);
    queues.compute(
        key,
        (sameKey, queue) -> {
          Queue<Turn> places = queue == null ? new ArrayDeque<>() : queue;
          places.add(turn);
          return places;
        });
    callFirst(key);
    return turn;
  }

  private void callFirst(SessionKey key) {
    @Nullable Turn[] first = new Turn[1];
    queues.computeIfPresent(
        key,
        (sameKey, queue) -> {
          first[0] = queue.peek();
          return queue;
        });
    if (first[0] != null) {
      first[0].complete(null);
    }
  }

  /** A place in a queue; complete while it is this call's turn. */
  final class Turn extends CompletableFuture<@Nullable Void> {

    private final SessionKey key;
    private final AtomicInteger holders = new AtomicInteger(1);

    Turn(SessionKey key) {
      this.key = key;
    }

    /** Waits for the turn, at most {@code nanos} and until the deadline of this thread's call. */
    void await(long nanos) {
      Invocation invocation = Invocation.current();
      long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
      try {
        get(Math.min(allowed, nanos), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        throw tooLate();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw SessionOpenException.of(key, "the wait for exclusive use was interrupted", e);
      } catch (ExecutionException e) {
        throw new IllegalStateException("a turn does not fail", e);
      }
    }

    /** Like {@link #await}, but holds no thread. */
    CompletableFuture<@Nullable Void> later(long nanos, @Nullable Invocation invocation) {
      if (isDone()) {
        return this;
      }
      long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
      return copy()
          .orTimeout(Math.max(1, Math.min(allowed, nanos)), TimeUnit.NANOSECONDS)
          .handleAsync(
              (done, failure) -> {
                if (failure == null) {
                  return null;
                }
                throw failure instanceof TimeoutException
                    ? tooLate()
                    : new CompletionException(failure);
              },
              Continuations.executor());
    }

    private SessionOpenException tooLate() {
      return SessionOpenException.of(key, "exclusive calls before this one took too long", null);
    }

    /** Lets one more call have this turn, which leaves it, too; false where it is over. */
    boolean share() {
      return holders.getAndUpdate(held -> held == 0 ? 0 : held + 1) > 0;
    }

    /** The last to do so leaves the queue, whether first or still waiting, and calls the next. */
    void leave() {
      if (holders.decrementAndGet() > 0) {
        return;
      }
      queues.computeIfPresent(
          key,
          (sameKey, queue) -> {
            queue.remove(this);
            return queue.isEmpty() ? null : queue;
          });
      callFirst(key);
    }
  }
}
