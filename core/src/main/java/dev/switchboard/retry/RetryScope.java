package dev.switchboard.retry;

import dev.switchboard.ThreadBindings;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A span in which each operation's retries are counted together, such as one turn of an agent.
 * Invocations belong to the scope that their thread has open, unless one with a {@link RequestId}
 * or another invocation says otherwise.
 *
 * <pre>{@code
 * try (RetryScope turn = RetryScope.open(turnId)) {
 *   plan.ask(message);
 *   draft.ask(message);
 * }
 * }</pre>
 *
 * <p>Scopes nest, and closing one brings back the previous. Closing twice, or after an outer scope
 * has been closed, does nothing.
 *
 * @since 0.1
 */
public final class RetryScope implements AutoCloseable {

  private static final ThreadBindings.Slot<RetryScope> CURRENT = new ThreadBindings.Slot<>();

  private final Map<RetryOperation, Integer> retries = new HashMap<>(4);
  private final @Nullable Thread owner;
  private final @Nullable RetryScope previous;
  private @Nullable String label;

  /** A scope that no thread has open: one invocation's, a request id's or an HTTP request's. */
  RetryScope() {
    this.owner = null;
    this.previous = null;
  }

  private RetryScope(String label) {
    this.label = label;
    this.owner = Thread.currentThread();
    this.previous = CURRENT.get();
  }

  /**
   * Opens a scope on this thread, until it is closed.
   *
   * @param label what {@link RetryContext#requestId()} answers within; scopes of one label share
   *     nothing
   * @return the scope, for this thread to close
   * @throws IllegalArgumentException if the label is blank
   */
  public static RetryScope open(String label) {
    if (label.isBlank()) {
      throw new IllegalArgumentException("a RetryScope's label must not be blank");
    }
    RetryScope scope = new RetryScope(label);
    CURRENT.bind(scope);
    return scope;
  }

  /** The innermost scope that who worked for {@code bindings} had open. */
  static @Nullable RetryScope in(ThreadBindings bindings) {
    return CURRENT.in(bindings);
  }

  /** The innermost scope that a thread has open. */
  static @Nullable RetryScope bound(@Nullable Object[] thread) {
    return CURRENT.get(thread);
  }

  /**
   * Closes the scope, and those left open within it.
   *
   * @throws IllegalStateException on another thread than the one that opened it
   */
  @Override
  public void close() {
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException("a RetryScope must be closed by the thread that opened it");
    }
    for (RetryScope open = CURRENT.get(); open != null; open = open.previous) {
      if (open == this) {
        CURRENT.bind(previous);
        return;
      }
    }
  }

  String label() {
    synchronized (retries) {
      if (label == null) {
        label = UUID.randomUUID().toString();
      }
      return label;
    }
  }

  /** Counts one more retry, unless the operation has had all of them. */
  boolean spend(RetryOperation operation) {
    synchronized (retries) {
      int spent = spent(operation);
      if (spent >= operation.maxRetries()) {
        return false;
      }
      retries.put(operation, spent + 1);
      return true;
    }
  }

  void takeBack(RetryOperation operation) {
    synchronized (retries) {
      retries.computeIfPresent(operation, (same, spent) -> spent == 1 ? null : spent - 1);
    }
  }

  int spent(RetryOperation operation) {
    synchronized (retries) {
      return retries.getOrDefault(operation, 0);
    }
  }

  /** Forgets an operation's retries; answers whether none of any operation are left. */
  boolean forgive(RetryOperation operation) {
    synchronized (retries) {
      retries.remove(operation);
      return retries.isEmpty();
    }
  }
}
