package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.InMemorySessionStore;
import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Sessions opened while Redis did not answer; each is shared at its next use once it does. */
final class LocalSessions {

  private final InMemorySessionStore store;
  private final Set<Token> moving = ConcurrentHashMap.newKeySet();
  private final Set<Token> kept = ConcurrentHashMap.newKeySet();
  private final Set<Session> unsure = ConcurrentHashMap.newKeySet();

  LocalSessions(Ticker ticker) {
    this.store = new InMemorySessionStore(ticker, Scheduler.systemScheduler());
  }

  /**
   * Starts.
   *
   * @param doubt is told instead of the listener of what leaves though Redis may have stored it too
   */
  void start(SessionStore.Listener listener, BiConsumer<Session, RemovalCause> doubt) {
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
            boolean inDoubt = unsure.remove(session);
            if (!moving.remove(session.token())) {
              if (inDoubt && cause != RemovalCause.SHUTDOWN) {
                doubt.accept(session, cause);
              } else {
                listener.left(session, cause);
              }
            }
          }
        });
  }

  /**
   * Stores a session opened.
   *
   * @param sent whether Redis may have stored it too, where other processes find it
   */
  CompletionStage<Session> publish(Session opened, boolean sent) {
    return store
        .publish(opened)
        .thenApply(
            winner -> {
              if (winner == opened && sent) {
                doubt(opened);
              }
              return winner;
            });
  }

  /** Redis may have stored the session, though it did not say so. */
  void doubt(Session session) {
    unsure.add(session);
    if (!kept.contains(session.token())) {
      unsure.remove(session);
    }
  }

  /** The sessions that others may use already, which must not wait for a use here. */
  Set<Session> unsure() {
    return unsure;
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

  /** The session is or was kept in Redis, and what becomes of it is told from there. */
  synchronized void move(Session session) {
    moving.add(session.token());
    if (!evict(session.key(), session.token(), RemovalCause.EVICTED)) {
      moving.remove(session.token());
    }
  }

  /** Another process's session takes the place of this one, which is closed after its last use. */
  void drop(Session session) {
    unsure.remove(session);
    evict(session.key(), session.token(), RemovalCause.REPLACED);
  }
}
