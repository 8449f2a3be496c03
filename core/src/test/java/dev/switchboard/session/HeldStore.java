package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A store, Caffeine's unless said otherwise, whose steps a test can hold up or break. */
class HeldStore implements SessionStore {

  private final SessionStore store;

  HeldStore() {
    this(Ticker.systemTicker(), Scheduler.systemScheduler());
  }

  HeldStore(Ticker ticker, Scheduler scheduler) {
    this(new InMemorySessionStore(ticker, scheduler));
  }

  HeldStore(SessionStore store) {
    this.store = store;
  }

  @Override
  public void start(Listener listener) {
    store.start(listener);
  }

  @Override
  public void configure(String specialist, SessionLimits limits) {
    store.configure(specialist, limits);
  }

  @Override
  public @Nullable Session find(SessionKey key, long nanos) {
    return store.find(key, nanos);
  }

  @Override
  public CompletionStage<Claim> claim(SessionKey key) {
    return store.claim(key);
  }

  @Override
  public CompletionStage<Session> publish(Session opened) {
    return store.publish(opened);
  }

  @Override
  public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
    store.fail(key, opening, failure);
  }

  @Override
  public CompletionStage<Boolean> evict(
      SessionKey key, @Nullable Token opening, RemovalCause cause) {
    return store.evict(key, opening, cause);
  }

  @Override
  public CompletionStage<Integer> evictTenant(String tenant) {
    return store.evictTenant(tenant);
  }

  @Override
  public CompletionStage<Integer> evictSpecialist(String specialist) {
    return store.evictSpecialist(specialist);
  }

  @Override
  public int size(String specialist) {
    return store.size(specialist);
  }

  @Override
  public void touch(Session session) {
    store.touch(session);
  }

  @Override
  public void stop() {
    store.stop();
  }
}
