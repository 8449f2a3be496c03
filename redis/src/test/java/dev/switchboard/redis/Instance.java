package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistSessions;
import java.time.Duration;
import java.util.function.UnaryOperator;

/** What one process has, several of them in one JVM: an engine, its store and its connections. */
final class Instance implements AutoCloseable {

  static final String SPECIALIST = "crm-desk";

  final RedisSessionStore store;
  final SpecialistSessions sessions;
  private final MemorySpecialist specialist;
  private final Ticker ticker;

  private Instance(
      MemorySpecialist specialist, RedisSessionStoreBuilder store, SessionSettings settings) {
    this.specialist = specialist;
    this.ticker = store.ticker;
    this.store = store.settings(settings).build();
    this.sessions =
        SpecialistSessions.builder()
            .specialist(SPECIALIST, specialist)
            .settings(settings)
            .store(this.store)
            .ticker(ticker)
            .build();
  }

  /** Starts one that closes without a grace. */
  static Instance start(int port, MemorySpecialist specialist) {
    return start(port, specialist, store -> store);
  }

  static Instance start(
      int port, MemorySpecialist specialist, UnaryOperator<RedisSessionStoreBuilder> store) {
    return start(
        specialist,
        store.apply(
            RedisSessionStore.builder(SkewedRedis.factory(port)).closeGrace(Duration.ZERO)));
  }

  static Instance start(MemorySpecialist specialist, RedisSessionStoreBuilder store) {
    return start(specialist, store, SessionSettings.builder().build());
  }

  static Instance start(
      MemorySpecialist specialist, RedisSessionStoreBuilder store, SessionSettings settings) {
    return new Instance(specialist, store, settings);
  }

  /** Whether it can use the key's session without asking Redis. */
  boolean knows(SessionKey key) {
    return store.find(key, ticker.read()) != null;
  }

  /** Where outages are not what a test is about, a busy machine must not look like one. */
  static RedisSessionStoreBuilder patient(RedisSessionStoreBuilder store) {
    return store.commandTimeout(Duration.ofMinutes(1));
  }

  static SessionKey key(String tenant, String... parts) {
    return SessionKey.of(SPECIALIST, tenant, parts);
  }

  /** Says something within the key's session, and returns its id. */
  String ask(SessionKey key) {
    return sessions.call(key, SessionPolicy.DEFAULT, specialist::say);
  }

  /** Whether it uses Redis now. */
  boolean isShared() {
    return store.state().available();
  }

  SessionCounts counts() {
    return sessions.snapshot().total();
  }

  /** The counts of two engines together. */
  static SessionCounts sum(SessionCounts a, SessionCounts b) {
    return new SessionCounts(
        a.opened() + b.opened(),
        a.live() + b.live(),
        a.draining() + b.draining(),
        a.closed() + b.closed(),
        a.lost() + b.lost(),
        a.unclosed() + b.unclosed());
  }

  @Override
  public void close() {
    sessions.close();
    store.close();
  }
}
