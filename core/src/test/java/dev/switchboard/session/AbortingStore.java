package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A store that is aborted once, before or after the step that a test chooses. */
final class AbortingStore extends HeldStore {

  /** What aborts a thread from outside, as running out of memory does. */
  static final class Abort extends Error {
    private static final long serialVersionUID = 1L;
  }

  private int left = Integer.MAX_VALUE;

  AbortingStore(Ticker ticker) {
    super(ticker, Scheduler.disabledScheduler());
  }

  /** Lets that many half steps pass. */
  void abortAfter(int halves) {
    left = halves;
  }

  boolean hasAborted() {
    return left < 0;
  }

  void never() {
    left = Integer.MAX_VALUE;
  }

  private <T extends @Nullable Object> T step(Supplier<T> step) {
    half();
    T result = step.get();
    half();
    return result;
  }

  private void half() {
    if (left-- == 0) {
      throw new Abort();
    }
  }

  @Override
  public @Nullable Session find(SessionKey key, long nanos) {
    return this.<@Nullable Session>step(() -> super.find(key, nanos));
  }

  @Override
  public CompletionStage<Claim> claim(SessionKey key) {
    return step(() -> super.claim(key));
  }

  @Override
  public CompletionStage<Session> publish(Session opened) {
    return step(() -> super.publish(opened));
  }

  @Override
  public CompletionStage<Boolean> evict(
      SessionKey key, @Nullable Token opening, RemovalCause cause) {
    return step(() -> super.evict(key, opening, cause));
  }

  @Override
  public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
    half();
    super.fail(key, opening, failure);
    half();
  }

  @Override
  public void touch(Session session) {
    half();
    super.touch(session);
    half();
  }
}
