package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.Faults;
import dev.switchboard.session.PlayedEngine.Kind;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One key under every schedule of few callers and one thing that comes between them. */
@Timeout(3600)
class FlightSchedulesTests {

  private static final int MORE = Faults.scaled(1) > 1 ? 1 : 0;

  private static void check(String name, PlayedEngine.Cast cast) {
    check(name, 2 + MORE, cast);
  }

  private static void check(String name, int switches, PlayedEngine.Cast cast) {
    check(name, switches, cast, store -> store);
  }

  private static void check(
      String name, int switches, PlayedEngine.Cast cast, UnaryOperator<SessionStore> planted) {
    int schedules = Schedules.all(switches, () -> new PlayedEngine(cast, planted));
    System.out.printf("Schedules: %s, %d switches, %,d%n", name, switches, schedules);
  }

  private static PlayedEngine.Cast cold(@Nullable Consumer<PlayedEngine> between) {
    return new PlayedEngine.Cast(Kind.OPENED, 2, false, between);
  }

  private static PlayedEngine.Cast warm(Consumer<PlayedEngine> between) {
    return new PlayedEngine.Cast(Kind.OPENED, 2, true, between);
  }

  private static PlayedEngine.Cast learned(boolean warm, @Nullable Consumer<PlayedEngine> between) {
    return new PlayedEngine.Cast(Kind.LEARNED, 2, warm, between);
  }

  private static PlayedEngine.Cast exclusive(
      boolean warm, @Nullable Consumer<PlayedEngine> between) {
    return new PlayedEngine.Cast(Kind.EXCLUSIVE, 2, warm, between);
  }

  @Test
  void aColdKeyIsOpenedOnce() {
    check("cold", cold(null));
    check("cold for three", 1 + MORE, new PlayedEngine.Cast(Kind.OPENED, 3, false, null));
  }

  @Test
  void aFailedOpeningFailsOnlyThoseWhoWaitedForIt() {
    check("open fails", cold(PlayedEngine::failNextOpen));
  }

  @Test
  void aLostSessionIsReplacedOnce() {
    check("lost", warm(PlayedEngine::lose));
  }

  @Test
  void anEvictedSessionIsClosedAfterItsLastUse() {
    check("evicted", warm(PlayedEngine::evict));
    check("tenant evicted", warm(PlayedEngine::evictTenant));
  }

  @Test
  void anEvictionVoidsTheOpening() {
    check("evicted while cold", 1 + MORE, cold(PlayedEngine::evict));
  }

  @Test
  void anExpiredSessionIsReplacedOnce() {
    check("expired", warm(played -> played.pass(Duration.ofMinutes(31))));
  }

  @Test
  void anOpeningPastItsTimeOutIsNobodys() {
    check("open-timeout", 1 + MORE, cold(played -> played.pass(Duration.ofMinutes(1))));
  }

  @Test
  void aLearnedSessionIsNamedOnce() {
    check("learned", learned(false, null));
    check("learned, evicted while cold", 1 + MORE, learned(false, PlayedEngine::evict));
    check("learned, evicted", 1 + MORE, learned(true, PlayedEngine::evict));
    check("learned, lost", 1 + MORE, learned(true, PlayedEngine::lose));
  }

  @Test
  void exclusiveCallsFollowEachOther() {
    check("exclusive", exclusive(false, null));
    check("exclusive, evicted", 1 + MORE, exclusive(true, PlayedEngine::evict));
    check("exclusive, lost", 1 + MORE, exclusive(true, PlayedEngine::lose));
    check("exclusive, interrupted", 1 + MORE, exclusive(false, PlayedEngine::interruptFirst));
  }

  @Test
  void anInterruptIsItsOwnCallsOnly() {
    check("interrupted", 1 + MORE, cold(PlayedEngine::interruptFirst));
    check("learned, interrupted", 1 + MORE, learned(false, PlayedEngine::interruptFirst));
  }

  @Test
  void aStopClosesWhatIsThereAndRefusesTheRest() {
    check("stopped while cold", 1 + MORE, cold(PlayedEngine::stop));
    check("stopped", 1 + MORE, warm(PlayedEngine::stop));
    check("learned, stopped", 1 + MORE, learned(false, PlayedEngine::stop));
  }

  @Test
  void aStoreThatEvictsWhateverIsStoredIsFound() {
    UnaryOperator<SessionStore> planted =
        store ->
            new HeldStore(store) {
              @Override
              public CompletionStage<Boolean> evict(
                  SessionKey key, @Nullable Token opening, RemovalCause cause) {
                return super.evict(key, null, cause);
              }
            };
    assertThatThrownBy(() -> check("planted", 2, warm(PlayedEngine::lose), planted))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("schedule ")
        .hasMessageContaining("0:begin");
  }
}
