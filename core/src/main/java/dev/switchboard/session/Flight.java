package dev.switchboard.session;

import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One opening in flight, which callers of its key join. Its result is the session, the failure, or
 * null where the next waiter leads. An opening that is no longer wanted (abandoned after its
 * time-out, or voided by an eviction) may still return; what it brings is then closed.
 */
final class Flight {

  private final SessionKey key;
  private final Thread opener = Thread.currentThread();
  private final CompletableFuture<@Nullable Session> result = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> landed = new CompletableFuture<>();
  private volatile long deadline;
  private volatile @Nullable Token token;
  private volatile boolean learning;
  private volatile @Nullable String unwanted;

  Flight(SessionKey key, long deadline) {
    this.key = key;
    this.deadline = deadline;
  }

  SessionKey key() {
    return key;
  }

  CompletableFuture<@Nullable Session> result() {
    return result;
  }

  void grant(Token opening) {
    token = opening;
  }

  /** Returns the opening's name to whoever ends it, once; null where none was granted. */
  @Nullable Token takeGrant() {
    Token opening = token;
    token = null;
    return opening;
  }

  /** The connector leaves the id to the first reply. */
  void learn(long newDeadline) {
    deadline = newDeadline;
    learning = true;
  }

  boolean isLearning() {
    return learning;
  }

  /** Whether this thread is within the connector's {@code open} for this very flight. */
  boolean isOpenedByThisThread() {
    return !learning && opener == Thread.currentThread();
  }

  long remainingNanos(long now) {
    return deadline - now;
  }

  /** Says why nobody wants the result any more; the first reason stays. */
  void refuse(String reason) {
    if (unwanted == null) {
      unwanted = reason;
    }
  }

  @Nullable String unwanted() {
    return unwanted;
  }

  /** Completes once the connector's {@code open} has returned and its id has been seen to. */
  CompletableFuture<@Nullable Void> landed() {
    return landed;
  }
}
