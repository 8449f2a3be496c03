package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Methods that return a future, which another thread completes. */
final class Futures extends Form<CompletableFuture<String>> {

  static class FutureDesk extends Desk<CompletableFuture<String>> {
    @Override
    CompletableFuture<String> begin(Body body) {
      return later(body);
    }
  }

  static class FutureClerk extends Counter.Clerk<CompletableFuture<String>> {
    @Override
    CompletableFuture<String> begin(Body body) {
      return later(body);
    }
  }

  /** Runs the body here, and answers on a thread of its own. */
  static CompletableFuture<String> later(Body body) {
    CompletableFuture<String> answer = new CompletableFuture<>();
    Runnable completion;
    try {
      String result = body.run();
      completion = () -> answer.complete(result);
    } catch (Exception | AssertionError failure) {
      completion = () -> answer.completeExceptionally(failure);
    }
    Thread thread = new Thread(completion);
    thread.setDaemon(true);
    thread.start();
    return answer;
  }

  /** Waits, and throws what the future has failed with. */
  static String get(CompletableFuture<String> answer) throws Exception {
    try {
      return answer.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof Exception failure) {
        throw failure;
      }
      throw failed;
    }
  }

  @Override
  String name() {
    return "CompletableFuture";
  }

  @Override
  Class<FutureDesk> desk() {
    return FutureDesk.class;
  }

  @Override
  Class<FutureClerk> counter() {
    return FutureClerk.class;
  }

  @Override
  String await(CompletableFuture<String> answer) throws Exception {
    return get(answer);
  }

  @Override
  CompletableFuture<String> call(
      SpecialistSessions sessions, SessionKey key, SessionPolicy policy, Body body) {
    return sessions.callAsync(key, policy, session -> later(body));
  }

  @Override
  CompletableFuture<String> call(
      RetryExecutor retries,
      RetryOperation operation,
      SpecialistSessions sessions,
      SessionKey key,
      Body body) {
    return retries.callAsync(
        operation, attempt -> call(sessions, key, SessionPolicy.DEFAULT, body));
  }
}
