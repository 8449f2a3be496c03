package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the sessions of one process in memory: the default. Bounds are exact; what leaves for want
 * of room is the least recently used session, idle ones before those in use. A look-up takes no
 * lock. Expired sessions leave within 2 seconds without traffic. All stages it returns are
 * complete.
 *
 * <p>The end of a use is read from the clock only where the use may have taken a second: an idle
 * timeout of 100 seconds or more may end a second early, uses less than 10 microseconds apart have
 * no order, and a retried call finds its session as of its own beginning. With shorter ones, or
 * with another clock or scheduler than the system's, both are exact.
 *
 * @since 0.1
 */
public final class InMemorySessionStore implements SessionStore {

  private final ConcurrentMap<SpecialistName, SessionShelf> shelves = new ConcurrentHashMap<>();
  private final Ticker ticker;
  private final Scheduler scheduler;
  private volatile @Nullable Listener listener;

  /** Creates a store that expires by the system's clock. */
  public InMemorySessionStore() {
    this(Ticker.systemTicker(), Scheduler.systemScheduler());
  }

  /**
   * Creates a store.
   *
   * @param ticker the clock, the same as the engine's
   * @param scheduler lets expired sessions leave when there is no traffic
   */
  public InMemorySessionStore(Ticker ticker, Scheduler scheduler) {
    this.ticker = ticker;
    this.scheduler = scheduler;
  }

  @Override
  public void start(Listener listener) {
    this.listener = listener;
  }

  @Override
  public void configure(String specialist, SessionLimits limits) {
    Listener told = listener;
    if (told == null) {
      throw new IllegalStateException("the store has not been started");
    }
    SpecialistName name = SpecialistName.of(specialist);
    boolean systems = ticker == Ticker.systemTicker() && scheduler == Scheduler.systemScheduler();
    shelves.put(name, new SessionShelf(name, limits, ticker, scheduler, systems, told));
  }

  private SessionShelf shelf(SessionKey key) {
    SessionShelf shelf = shelves.get(key.name());
    if (shelf == null) {
      throw new IllegalStateException(
          "specialist '%s' was not configured".formatted(key.specialist()));
    }
    return shelf;
  }

  @Override
  public @Nullable Session find(SessionKey key, long nanos) {
    SessionShelf shelf = shelves.get(key.name());
    return shelf == null ? null : shelf.find(key, nanos);
  }

  @Override
  public CompletionStage<Claim> claim(SessionKey key) {
    Session stored = shelf(key).findOrExpire(key);
    return CompletableFuture.completedFuture(
        stored != null ? new Found(stored) : new Granted(Token.random()));
  }

  @Override
  public CompletionStage<Session> publish(Session opened) {
    return CompletableFuture.completedFuture(shelf(opened.key()).add(opened));
  }

  @Override
  public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
    // Nobody outside this process waits for an opening.
  }

  @Override
  public CompletionStage<Boolean> evict(
      SessionKey key, @Nullable Token opening, RemovalCause cause) {
    SessionShelf shelf = shelves.get(key.name());
    return CompletableFuture.completedFuture(shelf != null && shelf.remove(key, opening, cause));
  }

  @Override
  public CompletionStage<Integer> evictTenant(String tenant) {
    int evicted = 0;
    for (SessionShelf shelf : shelves.values()) {
      evicted += shelf.removeTenant(tenant);
    }
    return CompletableFuture.completedFuture(evicted);
  }

  @Override
  public CompletionStage<Integer> evictSpecialist(String specialist) {
    SessionShelf shelf = shelves.get(SpecialistName.of(specialist));
    return CompletableFuture.completedFuture(shelf == null ? 0 : shelf.clear(RemovalCause.EVICTED));
  }

  @Override
  public int size(String specialist) {
    SessionShelf shelf = shelves.get(SpecialistName.of(specialist));
    return shelf == null ? 0 : shelf.size();
  }

  @Override
  public State state() {
    return new State("memory", true, null);
  }

  @Override
  public void touch(Session session) {
    shelf(session.key()).touch(session);
  }

  @Override
  public void stop() {
    shelves.values().forEach(shelf -> shelf.clear(RemovalCause.SHUTDOWN));
  }
}
