package dev.switchboard.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class SharedProbesTests {

  private final SharedProbes<String> probes = new SharedProbes<>(Duration.ofSeconds(10));
  private final CountDownLatch asking = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final List<Boolean> answers = new CopyOnWriteArrayList<>();

  @Test
  void thoseWhoAskTheSameAtTheSameTimeShareOneAnswer() throws InterruptedException {
    Thread first = start(true);
    asking.await();
    List<Thread> others = IntStream.range(0, 7).mapToObj(i -> start(false)).toList();
    others.forEach(SharedProbesTests::awaitWaiting);
    assertThat(probes.ask("another", () -> false)).isFalse();
    released.countDown();
    first.join();
    for (Thread other : others) {
      other.join();
    }
    assertThat(asked).hasValue(1);
    assertThat(answers).hasSize(8).containsOnly(true);
    assertThat(probes.size()).isZero();
  }

  @Test
  void nothingIsKeptOnceItIsAnswered() {
    assertThat(probes.ask("s", () -> true)).isTrue();
    assertThat(probes.ask("s", () -> false)).isFalse();
    assertThatThrownBy(
            () ->
                probes.ask(
                    "s",
                    () -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);
    assertThat(probes.size()).isZero();
  }

  @Test
  void interruptEndsOnlyTheWaiter() throws InterruptedException {
    Thread first = start(true);
    asking.await();
    Thread waiter = start(false);
    awaitWaiting(waiter);
    waiter.interrupt();
    waiter.join();
    assertThat(answers).containsExactly(false);
    released.countDown();
    first.join();
    assertThat(answers).containsExactly(false, true);
  }

  private Thread start(boolean answer) {
    Thread thread =
        new Thread(
            () ->
                answers.add(
                    probes.ask(
                        "s",
                        () -> {
                          asked.incrementAndGet();
                          asking.countDown();
                          awaitRelease();
                          return answer;
                        })));
    thread.start();
    return thread;
  }

  private void awaitRelease() {
    try {
      released.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void awaitWaiting(Thread thread) {
    while (thread.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
  }
}
