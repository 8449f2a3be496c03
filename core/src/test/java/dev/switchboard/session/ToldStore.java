package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;

/** A store that tells a test what enters and leaves, before the engine hears of it. */
class ToldStore extends HeldStore {

  private final Listener told;

  ToldStore(Ticker ticker, Scheduler scheduler, Listener told) {
    super(ticker, scheduler);
    this.told = told;
  }

  @Override
  public void start(Listener listener) {
    super.start(
        new Listener() {
          @Override
          public void entered(Session session) {
            told.entered(session);
            listener.entered(session);
          }

          @Override
          public void left(Session session, RemovalCause cause) {
            told.left(session, cause);
            listener.left(session, cause);
          }
        });
  }
}
