package dev.switchboard.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One opening in flight, which callers of its key join. Its result is the session, the failure, or
 * null where the next waiter leads. An opening that is no longer wanted (abandoned after its
 * time-out, or voided by an eviction) may still return; what it brings is then closed.
 */
final class Flight {

  private final SessionKey key;
  private volatile @Nullable Thread opener;
  private final CompletableFuture<@Nullable Session> result = new CompletableFuture<>();
  private final CompletableFuture<@Nullable Void> landed = new CompletableFuture<>();
  private volatile long deadline;
  private final AtomicReference<@Nullable Token> token = new AtomicReference<>();
  private volatile @Nullable CompletableFuture<SessionStore.Claim> claim;
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

  /** The store is asked who may open; cancelled at once where nobody wants to know any more. */
  void claim(CompletableFuture<SessionStore.Claim> asked) {
    claim = asked;
    if (unwanted != null) {
      asked.cancel(true);
    }
  }

  /** The store lets us open, which has its time from now. */
  void grant(Token opening, long newDeadline) {
    deadline = newDeadline;
    token.set(opening);
  }

  /** Returns what names the opening while it is granted. */
  @Nullable Token granted() {
    return token.get();
  }

  /** Returns the opening's name to whoever ends it, once; null where none is granted. */
  @Nullable Token takeGrant() {
    return token.getAndSet(null);
  }

  /** The connector leaves the id to the first reply. */
  void learn(long newDeadline) {
    deadline = newDeadline;
    learning = true;
  }

  boolean isLearning() {
    return learning;
  }

  /** This thread calls the connector's {@code open} now. */
  void open() {
    opener = Thread.currentThread();
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
    CompletableFuture<SessionStore.Claim> asked = claim;
    if (asked != null) {
      asked.cancel(true);
    }
  }

  @Nullable String unwanted() {
    return unwanted;
  }

  /** Completes once an id has come and has been seen to, or none will come any more. */
  CompletableFuture<@Nullable Void> landed() {
    return landed;
  }
}
