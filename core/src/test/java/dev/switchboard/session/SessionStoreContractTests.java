package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every store holds to. */
abstract class SessionStoreContractTests {

  static final SessionKey ACME = SessionKey.of("crm", "acme");
  static final SessionKey GLOBEX = SessionKey.of("crm", "globex");

  private final Departures departures = new Departures();

  @SuppressWarnings("NullAway.Init")
  private SessionStore store;

  /** What has entered and left, as the engine's listener would see it. */
  static final class Departures implements SessionStore.Listener {

    final Set<Session> live = new HashSet<>();
    final List<RemovalCause> causes = new ArrayList<>();

    @Override
    public synchronized void entered(Session session) {
      assertThat(live.add(session)).isTrue();
    }

    @Override
    public synchronized void left(Session session, RemovalCause cause) {
      assertThat(live.remove(session)).as("left once, after it had entered").isTrue();
      causes.add(cause);
    }
  }

  /** A new store on a clock that stands at zero until {@link #advance}. */
  abstract SessionStore create();

  /** Lets time pass, for the store and for what it does without traffic. */
  abstract void advance(Duration duration);

  /** Lets the store tell what has left, where that is not at once. */
  abstract void settle();

  /** What the store's clock says. */
  abstract long nanos();

  @BeforeEach
  void start() {
    store = create();
    store.start(departures);
    store.configure("crm", new SessionLimits(Duration.ofHours(1), Duration.ofMinutes(10), 3));
    store.configure("desk", new SessionLimits(Duration.ofHours(1), null, 3));
  }

  @AfterEach
  void stop() {
    store.stop();
  }

  private Session open(SessionKey key) {
    Token token = ((SessionStore.Granted) get(store.claim(key))).opening();
    Session opened = new Session(key, "id", token, nanos(), false);
    assertThat(get(store.publish(opened))).isSameAs(opened);
    return opened;
  }

  private static <T> T get(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private @Nullable Token found(SessionKey key) {
    return get(store.claim(key)) instanceof SessionStore.Found found
        ? found.session().token()
        : null;
  }

  @Test
  void aColdKeyIsGrantedAndThenFound() {
    assertThat(store.find(ACME, nanos())).isNull();
    Session session = open(ACME);
    assertThat(store.find(ACME, nanos())).isSameAs(session);
    assertThat(found(ACME)).isEqualTo(session.token());
    assertThat(store.find(GLOBEX, nanos())).isNull();
  }

  @Test
  void nothingIsFoundOfASpecialistThatIsNotConfigured() {
    assertThat(store.find(SessionKey.of("stranger", "acme"), nanos())).isNull();
  }

  @Test
  void openingsHaveTokensOfTheirOwn() {
    Session first = open(ACME);
    assertThat(get(store.evict(ACME, null, RemovalCause.EVICTED))).isTrue();
    assertThat(open(ACME).token()).isNotEqualTo(first.token());
  }

  @Test
  void theFirstPublishedWins() {
    Session first = open(ACME);
    Session second = new Session(ACME, "other", Token.random(), nanos(), false);
    assertThat(get(store.publish(second)).token()).isEqualTo(first.token());
    settle();
    assertThat(departures.live).containsExactly(first);
  }

  @Test
  void aFailedOpeningLeavesNothing() {
    Token token = ((SessionStore.Granted) get(store.claim(ACME))).opening();
    store.fail(ACME, token, null);
    assertThat(get(store.claim(ACME))).isInstanceOf(SessionStore.Granted.class);
    assertThat(departures.live).isEmpty();
  }

  @Test
  void evictionComparesTheOpening() {
    Session first = open(ACME);
    get(store.evict(ACME, first.token(), RemovalCause.LOST));
    Session second = open(ACME);
    assertThat(get(store.evict(ACME, first.token(), RemovalCause.LOST))).isFalse();
    assertThat(store.find(ACME, nanos())).isSameAs(second);
    settle();
    assertThat(departures.causes).containsExactly(RemovalCause.LOST);
  }

  @Test
  void aTenantIsEvictedAtAllSpecialistsAndNoOtherIs() {
    open(ACME);
    open(SessionKey.of("crm", "acme", "user"));
    open(SessionKey.of("desk", "acme"));
    Session other = open(GLOBEX);
    assertThat(get(store.evictTenant("acme"))).isEqualTo(3);
    assertThat(get(store.evictTenant("acme"))).isZero();
    assertThat(store.find(ACME, nanos())).isNull();
    settle();
    assertThat(departures.live).containsExactly(other);
    assertThat(departures.causes).containsOnly(RemovalCause.EVICTED).hasSize(3);
  }

  @Test
  void allSessionsWithASpecialistAreEvictedAndNoOthersAre() {
    open(ACME);
    open(GLOBEX).acquire();
    Session other = open(SessionKey.of("desk", "acme"));
    assertThat(get(store.evictSpecialist("crm"))).isEqualTo(2);
    assertThat(get(store.evictSpecialist("crm"))).isZero();
    assertThat(get(store.evictSpecialist("unknown"))).isZero();
    assertThat(store.find(ACME, nanos())).isNull();
    settle();
    assertThat(departures.live).containsExactly(other);
    assertThat(departures.causes).containsOnly(RemovalCause.EVICTED).hasSize(2);
    assertThat(open(ACME)).isIn(departures.live);
  }

  @Test
  void sizeIsHowManyAreKept() {
    assertThat(store.size("crm")).isZero();
    assertThat(store.size("unknown")).isZero();
    open(ACME);
    open(SessionKey.of("desk", "acme"));
    assertThat(store.size("crm")).isEqualTo(1);
    for (int i = 0; i < 4; i++) {
      open(SessionKey.of("crm", "t" + i));
    }
    settle();
    assertThat(store.size("crm")).isEqualTo(3);
    get(store.evictSpecialist("crm"));
    settle();
    assertThat(store.size("crm")).isZero();
    assertThat(store.size("desk")).isEqualTo(1);
  }

  @Test
  void aStoreThatServesSaysThatItIsAvailable() {
    assertThat(store.state().available()).isTrue();
    assertThat(store.state().kind()).isNotBlank();
  }

  @Test
  void theLeastRecentlyUsedLeaves() {
    Session acme = open(ACME);
    Session globex = open(GLOBEX);
    open(SessionKey.of("crm", "initech"));
    advance(Duration.ofSeconds(1));
    acme.acquire();
    store.touch(acme);
    acme.releaseLast();
    // A shared store may hear of a use a quarter of the idle time later.
    advance(Duration.ofMinutes(3));
    open(SessionKey.of("crm", "new"));
    settle();
    assertThat(departures.live).contains(acme).doesNotContain(globex);
    assertThat(departures.causes).containsOnly(RemovalCause.SURPLUS);
  }

  @Test
  void idleSessionsLeaveBeforeThoseInUse() {
    Session oldest = open(ACME);
    oldest.acquire();
    Session idle = open(GLOBEX);
    open(SessionKey.of("crm", "initech")).acquire();
    open(SessionKey.of("crm", "new")).acquire();
    settle();
    assertThat(departures.live).contains(oldest).doesNotContain(idle);
  }

  @Test
  void theBoundHoldsThoughAllAreInUse() {
    for (int i = 0; i < 40; i++) {
      open(SessionKey.of("crm", "t" + i)).acquire();
      settle();
      assertThat(departures.live).hasSizeLessThanOrEqualTo(3);
    }
  }

  @Test
  void idleSessionsLeaveWithoutTraffic() {
    open(ACME);
    advance(Duration.ofMinutes(9));
    Session used = open(GLOBEX);
    advance(Duration.ofMinutes(1).plusSeconds(2));
    assertThat(departures.live).containsExactly(used);
    assertThat(departures.causes).containsExactly(RemovalCause.EXPIRED);
  }

  @Test
  void aTouchStartsTheIdleTimeAnew() {
    Session session = open(ACME);
    session.acquire();
    advance(Duration.ofMinutes(9));
    store.touch(session);
    session.releaseLast();
    advance(Duration.ofMinutes(9));
    assertThat(found(ACME)).isEqualTo(session.token());
    assertThat(store.find(ACME, nanos())).isSameAs(session);
  }

  @Test
  void aSessionInUseDoesNotGrowIdle() {
    Session session = open(ACME);
    session.acquire();
    advance(Duration.ofMinutes(30));
    assertThat(departures.live).containsExactly(session);
    store.touch(session);
    session.releaseLast();
    store.touch(session);
    advance(Duration.ofMinutes(9));
    assertThat(found(ACME)).isEqualTo(session.token());
    advance(Duration.ofMinutes(11));
    assertThat(departures.live).isEmpty();
  }

  @Test
  void aSessionInUseCanBeEvictedHoweverLongItIsInUse() {
    Session session = open(ACME);
    session.acquire();
    advance(Duration.ofMinutes(30));
    assertThat(get(store.evict(ACME, session.token(), RemovalCause.LOST))).isTrue();
    settle();
    assertThat(departures.live).isEmpty();
    assertThat(found(ACME)).isNull();
  }

  @Test
  void noSessionIsFoundPastItsTtl() {
    Session session = open(ACME);
    session.acquire();
    for (int i = 0; i < 6; i++) {
      assertThat(found(ACME)).isEqualTo(session.token());
      advance(Duration.ofMinutes(10));
    }
    assertThat(store.find(ACME, nanos())).isNull();
    assertThat(found(ACME)).isNull();
    advance(Duration.ofSeconds(2));
    assertThat(departures.live).isEmpty();
  }

  private void publish(Session opened, Collection<Session> entered) {
    try {
      if (get(store.publish(opened)) == opened) {
        entered.add(opened);
      }
    } catch (CompletionException e) {
      // A shared store voids the opening where another thread has evicted its key.
      assertThat(e).hasCauseInstanceOf(SessionOpenException.class);
    }
  }

  @Test
  void whatEntersLeavesOnceUnderConcurrency() {
    List<SessionKey> keys = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      keys.add(SessionKey.of("crm", "t" + i));
    }
    ConcurrentLinkedQueue<Session> entered = new ConcurrentLinkedQueue<>();
    AtomicInteger seeds = new AtomicInteger();
    List<Crowd.Outcome<Integer>> outcomes =
        Crowd.run(
            8,
            () -> {
              java.util.Random random = new java.util.Random(seeds.incrementAndGet());
              for (int i = 0; i < 5_000; i++) {
                SessionKey key = keys.get(random.nextInt(keys.size()));
                if (random.nextInt(3) == 0) {
                  get(store.evict(key, null, RemovalCause.EVICTED));
                } else if (get(store.claim(key)) instanceof SessionStore.Granted granted) {
                  publish(new Session(key, "id", granted.opening(), nanos(), false), entered);
                }
              }
              return 0;
            });
    assertThat(outcomes).allSatisfy(outcome -> assertThat(outcome.failure()).isNull());
    settle();
    assertThat(departures.live.size() + departures.causes.size()).isEqualTo(entered.size());
    assertThat(departures.live).hasSizeLessThanOrEqualTo(3);
  }
}
