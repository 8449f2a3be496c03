package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Scheduler;
import dev.switchboard.LiveObjects;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class InMemorySessionStoreTests extends SessionStoreContractTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeScheduler scheduler = new FakeScheduler(ticker);

  @Override
  SessionStore create() {
    return new InMemorySessionStore(ticker, scheduler);
  }

  @Override
  void advance(Duration duration) {
    scheduler.advance(duration);
  }

  @Override
  long nanos() {
    return ticker.read();
  }

  @Override
  void settle() {
    // All is told at once.
  }

  @Test
  void aSchedulerThatRefusesIsAskedAgain() {
    AtomicBoolean refuses = new AtomicBoolean(true);
    Scheduler refusing =
        (executor, command, delay, unit) -> {
          if (refuses.get()) {
            throw new RejectedExecutionException();
          }
          return scheduler.schedule(executor, command, delay, unit);
        };
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", new ForgetfulSpecialist())
            .ticker(ticker)
            .store(new InMemorySessionStore(ticker, refusing))
            .build()) {
      for (String tenant : List.of("acme", "globex")) {
        SessionKey key = SessionKey.of("marketing", tenant);
        sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
        refuses.set(false);
      }

      scheduler.advance(Duration.ofMinutes(32));

      assertThat(sessions.kept()).containsEntry("marketing", 0);
    }
  }

  @Test
  void whatLeavesWhileThereIsRoomIsForgottenAtOnce() {
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", key -> String.valueOf(key.tenant()))
            .closeExecutor(Runnable::run)
            .ticker(ticker)
            .store(create())
            .build()) {
      long before = LiveObjects.count().ours();
      for (int i = 0; i < 900; i++) {
        SessionKey key = SessionKey.of("marketing", "tenant" + i);
        sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
        assertThat(sessions.evict(key)).isTrue();
      }
      assertThat(LiveObjects.countDownTo(before + 300).ours()).isLessThan(before + 300);
    }
  }

  @Test
  void whatWaitsForAnEndDoesNotKeepTheStore() {
    SpecialistConnector connector = new ForgetfulSpecialist();
    SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", connector)
            .closeExecutor(Runnable::run)
            .ticker(ticker)
            .store(create())
            .build();
    sessions.call(SessionKey.of("marketing", "acme"), SessionPolicy.DEFAULT, session -> "text");
    sessions.close();
    WeakReference<SpecialistConnector> closed = new WeakReference<>(connector);
    connector = null;
    sessions = null;

    LiveObjects.count();

    assertThat(closed.refersTo(null)).isTrue();
  }
}
