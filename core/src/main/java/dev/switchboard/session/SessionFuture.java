package dev.switchboard.session;

import dev.switchboard.ReturnKind;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Drives a call that answers with a future, which this is. Whoever completes it, such as by
 * cancelling, ends the call.
 */
final class SessionFuture<T extends @Nullable Object> extends CompletableFuture<T> {

  private final LateCall call;
  private final String name;
  private final SessionWork<? extends CompletionStage<T>, ?> work;

  /** What the work has answered with. */
  private volatile @Nullable CompletableFuture<?> answer;

  SessionFuture(LateCall call, String name, SessionWork<? extends CompletionStage<T>, ?> work) {
    this.call = call;
    this.name = name;
    this.work = work;
  }

  CompletableFuture<T> start() {
    var unused =
        whenComplete(
            (result, failure) -> {
              // First, as the session may be closed once the call has ended.
              cancelAnswer();
              call.cancel(failure);
            });
    follow(call.begin());
    return this;
  }

  /** Runs the work once {@code ready} completes, or fails with it. */
  private void follow(CompletableFuture<Boolean> ready) {
    var unused =
        ready.whenComplete(
            (isReady, failure) -> {
              if (failure != null) {
                fail(Claims.cause(failure));
              } else if (!isDone()) {
                run(call.enter());
              }
            });
  }

  private void run(int run) {
    if (run == 0) {
      return; // it has been ended meanwhile
    }
    CompletableFuture<T> answered;
    try {
      answered = answer(run);
    } catch (Throwable failure) {
      follow(call.recover(failure, true));
      return;
    }
    var unused =
        answered.whenComplete(
            (result, failure) -> {
              if (failure == null) {
                succeed(result);
              } else if (!isDone()) {
                follow(call.recover(Claims.cause(failure), true));
              }
            });
  }

  private CompletableFuture<T> answer(int run) throws Throwable {
    try {
      var answered = ReturnKind.<T>future(call.run(work), name).toCompletableFuture();
      answer = answered;
      if (isDone()) {
        cancelAnswer();
      }
      return answered;
    } finally {
      call.exit(run);
    }
  }

  /** Ends the call before those who wait for its result go on; they do whatever that comes to. */
  private void succeed(T result) {
    try {
      call.succeed();
      complete(result);
    } catch (Throwable failure) {
      completeExceptionally(failure);
    }
  }

  private void fail(Throwable failure) {
    try {
      call.end(failure);
    } finally {
      completeExceptionally(failure);
    }
  }

  private void cancelAnswer() {
    CompletableFuture<?> last = answer;
    if (last != null) {
      last.cancel(true);
    }
  }
}
