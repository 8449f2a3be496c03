package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** From when a session is idle where only the ends of long uses are read from the clock. */
class SessionShelfTests {

  private static final Duration IDLE = Duration.ofMinutes(30);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final SessionKey ACME = SessionKey.of("marketing", "acme");

  private final FakeTicker ticker = new FakeTicker();
  private final FakeScheduler scheduler = new FakeScheduler(ticker);

  @Test
  void aLongUseIsFollowedByAllOfTheIdleTime() {
    SessionShelf shelf = shelf(IDLE, 10);
    Session session = open(shelf, ACME);
    begin(shelf, ACME);
    scheduler.advance(Duration.ofMinutes(50));
    end(shelf, session);

    scheduler.advance(IDLE.minusSeconds(1));

    assertThat(shelf.find(ACME, ticker.read())).isSameAs(session);
  }

  @Test
  void aShortUseIsFollowedByTheIdleTimeButForASecondAtMost() {
    SessionShelf shelf = shelf(IDLE, 10);
    Session session = open(shelf, ACME);
    scheduler.advance(Duration.ofMinutes(10));
    begin(shelf, ACME);
    scheduler.advance(Duration.ofMillis(900));
    end(shelf, session);

    ticker.advance(IDLE.minusSeconds(1));
    assertThat(shelf.find(ACME, ticker.read())).isSameAs(session);
    ticker.advance(SECOND);
    assertThat(shelf.find(ACME, ticker.read())).isNull();
  }

  @Test
  void toBeFoundIsNoUse() {
    SessionShelf shelf = shelf(IDLE, 10);
    Session session = open(shelf, ACME);
    ticker.advance(IDLE.minusSeconds(1));
    assertThat(shelf.find(ACME, ticker.read())).isSameAs(session);

    ticker.advance(SECOND);

    assertThat(shelf.find(ACME, ticker.read())).isNull();
  }

  @Test
  void ofAShortIdleTimeNothingIsLost() {
    Duration idle = Duration.ofSeconds(3);
    SessionShelf shelf = shelf(idle, 10);
    Session session = open(shelf, ACME);
    begin(shelf, ACME);
    ticker.advance(Duration.ofMillis(900));
    end(shelf, session);

    ticker.advance(idle.minusNanos(1));

    assertThat(shelf.find(ACME, ticker.read())).isSameAs(session);
  }

  @Test
  void theLeastRecentlyUsedLeavesHoweverShortTheUsesWere() {
    SessionShelf shelf = shelf(IDLE, 3);
    for (String tenant : List.of("acme", "globex", "initech", "acme", "globex", "umbrella")) {
      SessionKey key = SessionKey.of("marketing", tenant);
      Session session = shelf.find(key, ticker.read());
      if (session == null) {
        session = open(shelf, key);
      }
      begin(shelf, key);
      end(shelf, session);
      ticker.advance(Duration.ofNanos(10_000));
    }

    assertThat(shelf.find(SessionKey.of("marketing", "initech"), ticker.read())).isNull();
    assertThat(shelf.size()).isEqualTo(3);
  }

  /** Whatever overlaps: no session is served past its idle time, none leaves a second before it. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void idleTimesOfUsesThatOverlap(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    Duration idle = Duration.ofMinutes(2);
    SessionShelf shelf = shelf(idle, 10);
    List<Session> used = new ArrayList<>();
    Session session = open(shelf, ACME);
    long ended = ticker.read();
    int gone = 0;
    for (int step = 0; step < Math.max(20_000, Faults.scaled(20_000)); step++) {
      scheduler.advance(pause(random));
      if (!used.isEmpty() && random.nextBoolean()) {
        end(shelf, used.remove(used.size() - 1));
        ended = ticker.read();
        continue;
      }
      Session found = shelf.find(ACME, ticker.read());
      long idleNanos = used.isEmpty() ? ticker.read() - ended : 0;
      if (found == null) {
        assertThat(idleNanos).as("step %d", step).isGreaterThan(idle.minus(SECOND).toNanos());
        session = open(shelf, ACME);
        found = session;
        gone++;
      } else {
        assertThat(idleNanos).as("step %d", step).isLessThan(idle.toNanos());
      }
      assertThat(found).isSameAs(session);
      assertThat(found.acquire()).isTrue();
      used.add(found);
    }
    assertThat(gone).isPositive();
  }

  /** Mostly short, now and then about as long as the idle time. */
  private static Duration pause(SplittableRandom random) {
    return switch (random.nextInt(8)) {
      case 0 -> Duration.ofNanos(random.nextLong(Duration.ofSeconds(3).toNanos()));
      case 1 -> Duration.ofSeconds(118).plusMillis(random.nextInt(4_000));
      default -> Duration.ofNanos(random.nextInt(1_000_000));
    };
  }

  private SessionShelf shelf(Duration idle, int maxSize) {
    return new SessionShelf(
        SpecialistName.of("marketing"),
        new SessionLimits(null, idle, maxSize),
        ticker,
        scheduler,
        true,
        new SessionStore.Listener() {
          @Override
          public void entered(Session session) {}

          @Override
          public void left(Session session, RemovalCause cause) {}
        });
  }

  private Session open(SessionShelf shelf, SessionKey key) {
    return shelf.add(new Session(key, "id", Token.random(), ticker.read(), false));
  }

  private void begin(SessionShelf shelf, SessionKey key) {
    Session session = shelf.find(key, ticker.read());
    assertThat(session != null && session.acquire()).isTrue();
  }

  private static void end(SessionShelf shelf, Session session) {
    shelf.touch(session);
    session.releaseLast();
  }
}
