package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An opening is voided, and the store takes its time to hear of it. */
@Timeout(60)
class SlowVoidingTests {

  private final CountDownLatch opening = new CountDownLatch(1);
  private final CountDownLatch voiding = new CountDownLatch(1);
  private final CountDownLatch go = new CountDownLatch(1);
  private final AtomicInteger opened = new AtomicInteger();

  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("marketing", this::open)
          .store(new SlowStore())
          .build();

  /** Does not return from the first failure that it is told of until it may. */
  private final class SlowStore extends HeldStore {
    @Override
    public void fail(SessionKey key, Token token, @Nullable Throwable failure) {
      voiding.countDown();
      await(go);
      super.fail(key, token, failure);
    }
  }

  private String open(SessionKey key) {
    int number = opened.incrementAndGet();
    if (number == 1) {
      opening.countDown();
      await(go);
    }
    return "id-" + number;
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @BeforeEach
  void voidAnOpening() {
    var voided = Crowd.start(() -> sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id));
    await(opening);
    var eviction = Crowd.start(() -> sessions.evict(ACME));
    await(voiding);
    assertThat(List.of(voided, eviction)).noneMatch(FutureTask::isDone);
  }

  @AfterEach
  void goOn() {
    go.countDown();
    sessions.close();
  }

  @Test
  void nextCallerOpensMeanwhile() throws Exception {
    FutureTask<String> next =
        Crowd.start(() -> sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id));
    assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("id-2");
  }

  @Test
  void nextCallThatAnswersLaterOpensMeanwhile() throws Exception {
    CompletableFuture<String> next =
        sessions.callAsync(
            ACME,
            SessionPolicy.DEFAULT,
            session -> CompletableFuture.completedFuture(session.id()));
    assertThat(next.get(20, TimeUnit.SECONDS)).isEqualTo("id-2");
  }
}
