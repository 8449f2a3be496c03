package dev.switchboard.session;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** An engine with one specialist, a clock that stands still, and closes that run when told. */
final class Engine implements AutoCloseable {

  static final SessionKey ACME = SessionKey.of("marketing", "acme");
  static final SessionKey GLOBEX = SessionKey.of("marketing", "globex");

  final ForgetfulSpecialist specialist = new ForgetfulSpecialist();
  final FakeTicker ticker = new FakeTicker();
  final FakeScheduler scheduler = new FakeScheduler(ticker);
  final SpecialistSessions sessions;
  private final Queue<Runnable> closes = new ConcurrentLinkedQueue<>();

  Engine() {
    this(null, settings -> settings);
  }

  Engine(UnaryOperator<SessionSettings.Builder> settings) {
    this(null, settings);
  }

  Engine(@Nullable SpecialistConnector connector, UnaryOperator<SessionSettings.Builder> settings) {
    this(connector, settings, new SessionObserver() {});
  }

  Engine(
      @Nullable SpecialistConnector connector,
      UnaryOperator<SessionSettings.Builder> settings,
      SessionObserver observer) {
    sessions =
        SpecialistSessions.builder()
            .specialist("marketing", connector != null ? connector : specialist)
            .specialist("storefront", specialist)
            .settings(settings.apply(SessionSettings.builder()).build())
            .ticker(ticker)
            .scheduler(scheduler)
            .closeExecutor(closes::add)
            .observer(observer)
            .build();
  }

  static UnaryOperator<SessionSettings.Builder> maxSize(int maxSize) {
    return settings -> settings.defaults(new SpecialistSettings(null, null, maxSize));
  }

  static UnaryOperator<SessionSettings.Builder> limits(
      @Nullable Duration ttl, @Nullable Duration idleTimeout) {
    return settings -> settings.defaults(new SpecialistSettings(ttl, idleTimeout, null));
  }

  String ask(SessionKey key) {
    return sessions.call(key, SessionPolicy.DEFAULT, session -> specialist.ask(session, "hi"));
  }

  String idOf(SessionKey key) {
    return sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
  }

  /** Begins to stop, and returns once that waits for what is still in use. */
  void stopInBackground() {
    stopInBackground("ConditionObject");
  }

  /** Returns once the stop waits on such an object. */
  void stopInBackground(String waitedOn) {
    Thread stopping = new Thread(sessions::stop);
    stopping.setDaemon(true);
    stopping.start();
    Crowd.awaitWaitingOn(stopping, waitedOn);
  }

  /** Runs the closes that are due. */
  void runCloses() {
    for (Runnable close = closes.poll(); close != null; close = closes.poll()) {
      close.run();
    }
  }

  SessionCounts counts() {
    return sessions.snapshot().total();
  }

  static void assertBalanced(SessionCounts counts) {
    long placed =
        counts.live() + counts.draining() + counts.closed() + counts.lost() + counts.unclosed();
    if (counts.opened() != placed || counts.live() < 0 || counts.draining() < 0) {
      throw new AssertionError("the ledger does not balance: " + counts);
    }
  }

  @Override
  public void close() {
    Thread closer = new Thread(() -> sessions.close());
    closer.start();
    while (closer.isAlive()) {
      runCloses();
      Thread.onSpinWait();
    }
  }
}
