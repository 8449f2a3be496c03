package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.CaffeineSessionStore;
import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Sessions opened while Redis did not answer; each is shared at its next use once it does. */
final class LocalSessions {

  private final CaffeineSessionStore store;
  private final Set<Token> moving = ConcurrentHashMap.newKeySet();
  private final Set<Token> kept = ConcurrentHashMap.newKeySet();

  LocalSessions(Ticker ticker) {
    this.store = new CaffeineSessionStore(ticker, Scheduler.systemScheduler());
  }

  void start(SessionStore.Listener listener) {
    store.start(
        new SessionStore.Listener() {
          @Override
          public void entered(Session session) {
            kept.add(session.token());
            listener.entered(session);
          }

          @Override
          public void left(Session session, RemovalCause cause) {
            kept.remove(session.token());
            if (!moving.remove(session.token())) {
              listener.left(session, cause);
            }
          }
        });
  }

  SessionStore store() {
    return store;
  }

  /** Whether there is none at all, as nearly always. */
  boolean isEmpty() {
    return kept.isEmpty();
  }

  boolean has(Session session) {
    return !kept.isEmpty() && kept.contains(session.token());
  }

  /** Evicts, as the store does. */
  boolean evict(SessionKey key, @Nullable Token opening, RemovalCause cause) {
    return !kept.isEmpty() && store.evict(key, opening, cause).toCompletableFuture().join();
  }

  /** The session is kept in Redis from now; it has not left. */
  void move(Session session) {
    moving.add(session.token());
    if (!evict(session.key(), session.token(), RemovalCause.EVICTED)) {
      moving.remove(session.token());
    }
  }

  /** Another process's session takes the place of this one, which is closed after its last use. */
  void drop(Session session) {
    evict(session.key(), session.token(), RemovalCause.REPLACED);
  }
}
