package dev.switchboard.connector;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/**
 * Lets those who ask the same at the same time share one answer. The first one asks, on its own
 * thread; nothing is kept once it is answered. Thread-safe.
 *
 * @param <Q> the question, with {@code equals} and {@code hashCode}
 */
final class SharedProbes<Q> {

  private final ConcurrentMap<Q, CompletableFuture<Boolean>> running = new ConcurrentHashMap<>();
  private final Duration patience;

  /** Creates it for answers that come, or fail, within {@code patience}. */
  SharedProbes(Duration patience) {
    this.patience = patience;
  }

  /** Answers, or says false where the asking fails, takes too long or is interrupted. */
  boolean ask(Q question, BooleanSupplier probe) {
    CompletableFuture<Boolean> mine = new CompletableFuture<>();
    CompletableFuture<Boolean> other = running.putIfAbsent(question, mine);
    if (other != null) {
      return await(other);
    }
    try {
      mine.complete(probe.getAsBoolean());
    } finally {
      running.remove(question, mine);
      mine.complete(false);
    }
    return mine.join();
  }

  private boolean await(CompletableFuture<Boolean> answer) {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  /** How many questions are being asked now. */
  int size() {
    return running.size();
  }
}
