package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.LiveObjects;
import java.lang.ref.WeakReference;
import java.time.Duration;
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
  void whatWaitsForAnEndDoesNotKeepTheStore() {
    SpecialistConnector connector = new ForgetfulSpecialist();
    SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("marketing", connector)
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
