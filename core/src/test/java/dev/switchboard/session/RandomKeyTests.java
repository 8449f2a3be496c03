package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Faults;
import dev.switchboard.LiveObjects;
import dev.switchboard.PropagatingTaskDecorator;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that never come again leave nothing behind but the sessions there is room for. */
class RandomKeyTests {

  private static final int CALLS = Faults.scaled(4_000);
  private static final int KEPT = 50;
  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private final SplittableRandom random = new SplittableRandom(20_261_122);
  private final AtomicInteger ids = new AtomicInteger();
  private final SpecialistSessions sessions =
      SpecialistSessions.builder()
          .specialist("opens", key -> "id-" + ids.incrementAndGet())
          .specialist("learns", key -> null)
          .specialist(
              "refuses",
              key -> {
                throw new IOException("no session");
              })
          .settings(
              SessionSettings.builder().defaults(new SpecialistSettings(null, null, KEPT)).build())
          .closeExecutor(Runnable::run)
          .build();

  private final PropagatingTaskDecorator within = new PropagatingTaskDecorator();
  private final RetryExecutor retries = RetryExecutor.builder().build();
  private final RetryOperation poll = retries.operation("poll", RetryPolicy.builder().build());
  private CompletableFuture<String> answer = new CompletableFuture<>();
  private Runnable next = this::poll;

  @AfterEach
  void close() {
    sessions.close();
  }

  private SessionKey any(String specialist) {
    return SessionKey.of(
        specialist,
        Long.toUnsignedString(random.nextLong(), 36),
        Long.toUnsignedString(random.nextLong(), 36));
  }

  @Test
  void keysThatNeverOpenLeaveNothing() {
    assertLeavesNothing(
        i -> {
          SessionPolicy policy = i % 3 == 0 ? EXCLUSIVE : SessionPolicy.DEFAULT;
          SessionKey key = any("refuses");
          assertThatThrownBy(() -> sessions.call(key, policy, session -> "never"))
              .isInstanceOf(SessionOpenException.class);
          CompletableFuture<String> later =
              sessions.callAsync(
                  any("refuses"), policy, session -> CompletableFuture.completedFuture("never"));
          assertThatThrownBy(later::join)
              .isInstanceOf(CompletionException.class)
              .hasCauseInstanceOf(SessionOpenException.class);
        });
    assertThat(sessions.snapshot().total().opened()).isZero();
  }

  @Test
  void keysThatAreNeverNamedLeaveNothing() {
    assertLeavesNothing(
        i -> {
          sessions.call(any("learns"), SessionPolicy.DEFAULT, session -> "unbound");
          CompletableFuture<String> silent = new CompletableFuture<>();
          SessionKey key = any("learns");
          CompletableFuture<String> later =
              sessions.callAsync(key, SessionPolicy.DEFAULT, session -> silent);
          assertThat(i % 2 == 0 ? later.cancel(true) : silent.complete("unbound")).isTrue();
        });
    assertThat(sessions.snapshot().total().opened()).isZero();
  }

  @Test
  void turnsOfRandomTenantsLeaveNothing() {
    assertLeavesNothing(
        i -> {
          sessions.call(any("opens"), EXCLUSIVE, session -> "done");
          SessionKey key = any("opens");
          CompletableFuture<String> reply = new CompletableFuture<>();
          CompletableFuture<String> first = sessions.callAsync(key, EXCLUSIVE, session -> reply);
          CompletableFuture<String> second = sessions.callAsync(key, EXCLUSIVE, session -> reply);
          CompletableFuture<String> third =
              sessions.callAsync(
                  key, EXCLUSIVE, session -> CompletableFuture.completedFuture("third"));
          assertThat(second.cancel(true)).isTrue();
          assertThat(i % 2 == 0 ? first.cancel(true) : reply.complete("first")).isTrue();
          assertThat(third.join()).isEqualTo("third");
          assertThat(sessions.kept().get("opens")).isLessThanOrEqualTo(KEPT);
        });
  }

  @Test
  void evictionsOfRandomTenantsLeaveNothing() {
    assertLeavesNothing(
        i -> {
          SessionKey key = any("opens");
          assertThat(sessions.evict(key)).isFalse();
          assertThat(sessions.evictTenant(String.valueOf(key.tenant()))).isZero();
        });
  }

  @Test
  void callsThatFollowEachOtherForEverLeaveNothing() {
    assertLeavesNothing(
        i -> {
          CompletableFuture<String> before = answer;
          answer = new CompletableFuture<>();
          next.run();
          before.complete("done");
        });
    answer.complete("done");
  }

  /** A retried call whose session's call begins the next one before its own answer comes. */
  private void poll() {
    SessionKey key = SessionKey.of("opens", ids.incrementAndGet() % 2 == 0 ? "even" : "odd");
    sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
    retries.call(
        poll,
        attempt ->
            sessions.callAsync(
                key,
                SessionPolicy.DEFAULT,
                session -> {
                  next = within.decorate(this::poll);
                  return answer;
                }));
  }

  private void assertLeavesNothing(IntConsumer calls) {
    run(1_000, calls);
    LiveObjects before = LiveObjects.count();
    run(CALLS, calls);
    LiveObjects after = LiveObjects.countDownTo(before.ours() + KEPT * 10);
    System.out.printf(
        "Memory after %,d random keys: %+d objects, %+,d KiB%n",
        CALLS, after.ours() - before.ours(), (after.bytes() - before.bytes()) / 1024);
    assertThat(after.ours() - before.ours()).isLessThan(KEPT * 10);
    assertThat(after.bytes() - before.bytes()).isLessThan(1 << 20);
  }

  private static void run(int times, IntConsumer calls) {
    for (int i = 0; i < times; i++) {
      calls.accept(i);
    }
  }
}
