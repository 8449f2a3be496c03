package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.Token;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Lets every session be one object in this process for as long as anybody here uses it, so that its
 * uses are counted in one place: found again in Redis, and closed only after the last of them.
 */
final class KnownSessions {

  private final Cache<Token, Session> sessions = Caffeine.newBuilder().weakValues().build();
  private final SessionCodec codec;
  private final Ticker ticker;

  KnownSessions(SessionCodec codec, Ticker ticker) {
    this.codec = codec;
    this.ticker = ticker;
  }

  void add(Session session) {
    sessions.put(session.token(), session);
  }

  /** Returns the session of this opening, which whoever asks for it should have. */
  Session find(SessionKey key, Token opening) {
    Session session = sessions.getIfPresent(opening);
    return session != null ? session : new Session(key, "", opening, ticker.read(), false);
  }

  /** What is stored of the session besides the columns that scripts read. */
  String payload(Session session) {
    return StoredSession.payload(session.key(), session.id(), codec);
  }

  long ageMillis(Session session) {
    return TimeUnit.NANOSECONDS.toMillis(Math.max(0, ticker.read() - session.openedNanos()));
  }

  /** Reads a session of this key, or returns null where that is none or another key's. */
  @Nullable Session read(SessionKey key, byte[] record, long ageMillis) {
    StoredSession stored = StoredSession.read(record, codec);
    return stored != null && stored.key().equals(key) ? session(stored, ageMillis) : null;
  }

  /** Reads a session of this specialist, or returns null where that is none or another's. */
  @Nullable Session readAny(String specialist, byte[] record) {
    StoredSession stored = StoredSession.read(record, codec);
    return stored != null && StoredSession.canonical(stored.key().specialist()).equals(specialist)
        ? session(stored, 0)
        : null;
  }

  private @Nullable Session session(StoredSession stored, long ageMillis) {
    Session session =
        sessions.get(
            stored.token(),
            token -> {
              long opened = ticker.read() - TimeUnit.MILLISECONDS.toNanos(ageMillis);
              return new Session(stored.key(), stored.id(), token, opened, stored.learned());
            });
    if (!session.key().equals(stored.key()) || !session.id().equals(stored.id())) {
      // Damaged, or made up: an opening has one key and one id.
      return null;
    }
    if (stored.used()) {
      session.markUsed();
    }
    return session;
  }
}
