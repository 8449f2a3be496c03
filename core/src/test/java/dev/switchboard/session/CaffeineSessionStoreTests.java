package dev.switchboard.session;

import java.time.Duration;

class CaffeineSessionStoreTests extends SessionStoreContractTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeScheduler scheduler = new FakeScheduler(ticker);

  @Override
  SessionStore create() {
    return new CaffeineSessionStore(ticker, scheduler);
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
}
