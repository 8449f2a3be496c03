package dev.switchboard.redis;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** Engines with the specialist {@code crm}, of which 4 sessions are kept. */
final class Sessions {

  /** The specialist opens none for this one. */
  static final SessionKey REFUSED = SessionKey.of("crm", "refused");

  private Sessions() {}

  static String idOf(SpecialistSessions sessions, SessionKey key) {
    return sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
  }

  static SpecialistSessions with(RedisSessionStore store, AtomicInteger closed) {
    return SpecialistSessions.builder()
        .specialist(
            "crm",
            new SpecialistConnector() {
              @Override
              public String open(SessionKey key) {
                if (key.equals(REFUSED)) {
                  throw new IllegalStateException("refused");
                }
                return UUID.randomUUID().toString();
              }

              @Override
              public void close(SessionKey key, String id) {
                closed.incrementAndGet();
              }
            })
        .settings(
            SessionSettings.builder()
                .defaults(new SpecialistSettings(null, java.time.Duration.ofSeconds(2), 4))
                .build())
        .store(store)
        .build();
  }

  /** A call whose session turns out to be lost once. */
  static void lose(SpecialistSessions sessions, SessionKey key) {
    AtomicBoolean lost = new AtomicBoolean(true);
    sessions.call(
        key,
        SessionPolicy.DEFAULT,
        session -> {
          if (lost.getAndSet(false)) {
            throw new SessionLostException("forgotten");
          }
          return session.id();
        });
  }
}
