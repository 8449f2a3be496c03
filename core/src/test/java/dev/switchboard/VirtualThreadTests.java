package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import java.io.IOException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * 10,000 virtual threads on two carriers (the build says so to the JVM): one that kept its carrier
 * while it waits for an opening, a retry or its turn would leave none for what it waits for.
 */
@EnabledForJreRange(min = JRE.JAVA_21)
@Timeout(240)
class VirtualThreadTests {

  private static final int THREADS = 10_000;
  private static final int TENANTS = 250;
  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private final AtomicInteger opened = new AtomicInteger();
  private final CountDownLatch allHaveStarted = new CountDownLatch(THREADS);
  private final Map<String, AtomicInteger> inside = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  /** Opens only once every thread is there, so that all of them wait. */
  private final SpecialistConnector connector =
      key -> {
        allHaveStarted.await();
        return key.tenant() + "#" + opened.incrementAndGet();
      };

  private final RetryExecutor retries =
      RetryExecutor.builder().settings(RetrySettings.builder().budget(0, 1).build()).build();
  private final RetryOperation operation =
      retries.operation(
          "ask",
          RetryPolicy.builder()
              .maxRetries(2)
              .delay(Duration.ofMillis(1))
              .jitter(Duration.ZERO)
              .build());

  @Test
  void waitsHoldNoCarrier() throws Exception {
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("marketing", connector).build()) {
      CountDownLatch done = new CountDownLatch(THREADS);
      Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
      for (int i = 0; i < THREADS; i++) {
        int number = i;
        Runnable call =
            () -> {
              allHaveStarted.countDown();
              try {
                ask(sessions, number);
              } catch (Throwable failure) {
                failures.add(failure);
              } finally {
                done.countDown();
              }
            };
        assertThat(start.invoke(null, call)).isNotNull();
      }
      assertThat(done.await(200, TimeUnit.SECONDS)).isTrue();

      assertThat(failures).isEmpty();
      assertThat(opened).hasValue(TENANTS);
      SessionCounts counts = sessions.snapshot().total();
      assertThat(counts.live()).isEqualTo(TENANTS);
      assertThat(counts.opened()).isEqualTo(TENANTS);
    }
  }

  private void ask(SpecialistSessions sessions, int number) throws IOException {
    SessionKey key = SessionKey.of("marketing", "tenant-" + number % TENANTS);
    SessionPolicy policy = number % 3 == 0 ? EXCLUSIVE : SessionPolicy.DEFAULT;
    String answer =
        retries.call(
            operation,
            retry -> sessions.call(key, policy, session -> body(session, policy.exclusive())));
    assertThat(answer).startsWith(key.tenant() + "#");
    assertThat(ThreadBindings.capture().isEmpty()).isTrue();
  }

  private String body(SessionContext session, boolean exclusive) throws IOException {
    if (exclusive) {
      AtomicInteger alone =
          inside.computeIfAbsent(session.key().tenant() + "", tenant -> new AtomicInteger());
      assertThat(alone.incrementAndGet()).isEqualTo(1);
      Thread.onSpinWait();
      alone.decrementAndGet();
    }
    if (!RetryContext.current().isRetry()) {
      throw new IOException("first attempt");
    }
    return SessionContext.current().id();
  }
}
