package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetryScope;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PropagatingTaskDecoratorTests {

  private static final SessionKey ACME = SessionKey.of("marketing", "acme");

  private final ExecutorService pool = Executors.newSingleThreadExecutor();
  private final Executor workers = PropagatingTaskDecorator.of(pool);
  private final SpecialistConnector connector = key -> "id-1";
  private final SpecialistSessions sessions =
      SpecialistSessions.builder().specialist("marketing", connector).build();
  private final RetryExecutor retries = RetryExecutor.builder().build();

  @AfterEach
  void stop() {
    pool.shutdownNow();
    sessions.close();
  }

  private static List<String> seen() {
    RetryContext retry = RetryContext.current();
    return List.of(SessionContext.current().id(), retry.requestId(), "" + retry.invocationId());
  }

  @SuppressWarnings("try") // the scope is there to be open
  private <T> T call(Callable<T> body) throws Exception {
    try (RetryScope turn = RetryScope.open("turn 7")) {
      return retries.call(
          retries.operation("ask", RetryPolicy.builder().maxRetries(0).build()),
          retry -> sessions.call(ACME, SessionPolicy.DEFAULT, session -> body.call()));
    }
  }

  @Test
  void taskWorksWithinTheSessionTheCallAndTheScopeOfWhoSubmitsIt() throws Exception {
    List<List<String>> both =
        call(
            () ->
                List.of(
                    seen(),
                    CompletableFuture.supplyAsync(PropagatingTaskDecoratorTests::seen, workers)
                        .get()));

    assertThat(both.get(0)).startsWith("id-1", "turn 7");
    assertThat(both.get(1)).isEqualTo(both.get(0));
  }

  @Test
  void nothingIsLeftOnTheThreadThatRanIt() throws Exception {
    call(() -> CompletableFuture.runAsync(() -> {}, workers).get());
    call(
        () ->
            CompletableFuture.runAsync(
                    () -> {
                      throw new IllegalArgumentException();
                    },
                    workers)
                .handle((result, failure) -> "")
                .get());

    assertThat(pool.submit(() -> ThreadBindings.capture().isEmpty()).get()).isTrue();
  }

  @Test
  void newThreadInheritsNothing() throws Exception {
    boolean empty =
        call(
            () -> {
              CompletableFuture<Boolean> answer = new CompletableFuture<>();
              new Thread(() -> answer.complete(ThreadBindings.capture().isEmpty())).start();
              return answer.get();
            });

    assertThat(empty).isTrue();
  }

  @Test
  void sessionOfACallThatHasEndedIsRefused() throws Exception {
    CompletableFuture<Void> ended = new CompletableFuture<>();
    CompletableFuture<String> late =
        call(() -> ended.thenApplyAsync(none -> SessionContext.current().id(), workers));
    // Decorated when it is submitted: that is only now, by this thread.
    Runnable submitted =
        call(
            () ->
                new PropagatingTaskDecorator()
                    .decorate(() -> assertThat(SessionContext.current().id()).isEmpty()));

    ended.complete(null);
    assertThatThrownBy(late::get).rootCause().hasMessageStartingWith("No session here");
    assertThatThrownBy(submitted::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the invocation of this thread's session has ended");
  }
}
