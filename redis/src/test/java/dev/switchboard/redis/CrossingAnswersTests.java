package dev.switchboard.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SessionStore.Claim;
import dev.switchboard.session.SessionStore.Found;
import dev.switchboard.session.SessionStore.Granted;
import dev.switchboard.session.Token;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Answers that are late, lost or overtaken. All clocks stand still unless put forward. */
@Timeout(60)
class CrossingAnswersTests {

  private static final SessionKey KEY = SessionKey.of("crm", "acme");
  private static final SessionLimits LIMITS = new SessionLimits(Duration.ofHours(1), null, 1000);

  @SuppressWarnings("NullAway.Init")
  private static SkewedRedis redis;

  private final AtomicLong nanos = new AtomicLong();
  private final List<RedisSessionStore> stores = new ArrayList<>();
  private final List<Session> left = new CopyOnWriteArrayList<>();

  @BeforeAll
  static void startRedis() {
    redis = new SkewedRedis();
  }

  @AfterAll
  static void stopRedis() {
    redis.close();
  }

  @BeforeEach
  void clear() {
    redis.clear();
  }

  @AfterEach
  void closeStores() {
    redis.server().resume();
    stores.forEach(RedisSessionStore::close);
  }

  private RedisSessionStore store(UnaryOperator<RedisSessionStoreBuilder> settings) {
    RedisSessionStore store =
        redis.store(
            nanos::get,
            builder ->
                settings.apply(builder.closeGrace(Duration.ZERO).scripts(SkewedRedis::standing)));
    stores.add(store);
    store.start(new Leavings(left));
    store.configure("crm", LIMITS);
    return store;
  }

  private RedisSessionStore store() {
    return store(builder -> builder.commandTimeout(Duration.ofSeconds(20)));
  }

  private static Session claim(SessionStore store, SessionKey key) throws Exception {
    Granted granted = (Granted) get(store.claim(key));
    return new Session(key, "id", granted.opening(), 0, false);
  }

  private static Session open(SessionStore store, SessionKey key) throws Exception {
    return get(store.publish(claim(store, key)));
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(15, TimeUnit.SECONDS);
  }

  private static long count(String command, String key) {
    Object answer = redis.server().command(command, "switchboard:{application:crm:0}:" + key);
    return (Long) Objects.requireNonNull(answer);
  }

  @Test
  void whoAsksWhileASessionIsBeingForgottenOpensTheNext() throws Exception {
    RedisSessionStore store = store();
    Session lost = open(store, KEY);
    // Lets Redis know the script, or it would be sent twice.
    get(store.evict(KEY, Token.random(), RemovalCause.LOST));
    redis.server().pause();
    CompletionStage<Boolean> forgotten = store.evict(KEY, lost.token(), RemovalCause.LOST);
    CompletionStage<Claim> claim = store.claim(KEY);
    redis.server().resume();
    assertThat(get(forgotten)).isTrue();
    assertThat(get(claim)).isInstanceOf(Granted.class);
  }

  @Test
  void aLossThatRedisAnswersTooLateIsCountedOnceAndHoldsUpNobody() throws Exception {
    RedisSessionStore store = store(builder -> builder.commandTimeout(Duration.ofMillis(250)));
    Session lost = open(store, KEY);
    redis.server().pause();
    CompletionStage<Boolean> forgotten = store.evict(KEY, lost.token(), RemovalCause.LOST);
    assertThat(get(forgotten)).isFalse();
    redis.server().resume();
    await().until(() -> count("HLEN", "sessions") == 0);
    SkewedRedis.maintain(store);
    await().untilAsserted(() -> assertThat(left).containsExactly(lost));
    SkewedRedis.maintain(store);
    assertThat(left).containsExactly(lost);
    assertThat(get(store().claim(KEY))).isInstanceOf(Granted.class);
  }

  @Test
  void aTenantsEvictionVoidsTheOpeningThatAnotherHasOvertaken() throws Exception {
    RedisSessionStore slow = store();
    RedisSessionStore next = store();
    Session late = claim(slow, KEY);
    redis.advance(Duration.ofSeconds(6));
    Session opening = claim(next, KEY);
    assertThat(get(slow.publish(late))).isSameAs(late);
    assertThat(get(slow.evict(KEY, late.token(), RemovalCause.EVICTED))).isTrue();
    get(slow.evictTenant("acme"));
    assertThatThrownBy(() -> get(next.publish(opening)))
        .hasCauseInstanceOf(SessionOpenException.class);
    assertThat(count("ZCARD", "index")).isZero();
  }

  @Test
  void evictingAKeyThatIsBeingOpenedLeavesNothing() throws Exception {
    RedisSessionStore store = store();
    Session opening = claim(store, KEY);
    assertThat(get(store.evict(KEY, null, RemovalCause.EVICTED))).isFalse();
    assertThat(count("ZCARD", "index")).isZero();
    assertThatThrownBy(() -> get(store.publish(opening)))
        .hasCauseInstanceOf(SessionOpenException.class);
  }

  private static SessionCodec encodingUnless(BooleanSupplier fails) {
    return new SessionCodec() {
      @Override
      public byte[] encode(byte[] plain) {
        if (fails.getAsBoolean()) {
          throw new IllegalStateException("no key");
        }
        return plain;
      }

      @Override
      public byte[] decode(byte[] stored) {
        return stored;
      }
    };
  }

  /** Throws what is to be thrown, an error only once. */
  private static boolean isThrown(AtomicReference<@Nullable Throwable> failure) {
    if (failure.get() instanceof Error error) {
      failure.set(null);
      throw error;
    }
    return failure.get() != null;
  }

  @Test
  void anOpeningThatCannotBeEncodedIsGivenBack() throws Exception {
    RedisSessionStore store = store(builder -> builder.codec(encodingUnless(() -> true)));
    Session opening = claim(store, KEY);
    assertThatIllegalStateException().isThrownBy(() -> store.publish(opening));
    store.fail(KEY, opening.token(), null);
    assertThat(get(store().claim(KEY))).isInstanceOf(Granted.class);
  }

  @Test
  void newsThatASessionHasLeftStandsThoughItOvertakesTheAnswerThatItIsThere() {
    NearCache near = new NearCache(LIMITS, () -> 0);
    Session session = new Session(KEY, "id", Token.random(), 0, false);
    String field = Fields.of(KEY);
    near.left(field, session.token());
    near.put(session, field, false, near.flushes());
    assertThat(near.fresh(KEY, 0)).isNull();
    Session next = new Session(KEY, "id", Token.random(), 0, false);
    near.put(next, field, false, near.flushes());
    assertThat(near.fresh(KEY, 0)).isSameAs(next);
  }

  @Test
  void whatWasConfirmedBeforeNewsMayHaveBeenMissedIsAskedForAgain() {
    NearCache near = new NearCache(LIMITS, () -> 0);
    Session session = new Session(KEY, "id", Token.random(), 0, false);
    near.put(session, Fields.of(KEY), false, near.flushes());
    SeenSession seen = Objects.requireNonNull(near.unconfirmed(KEY));
    int asked = near.flushes();
    near.flush();
    seen.confirm(asked, false);
    assertThat(near.fresh(KEY, 0)).isNull();
    seen.confirm(near.flushes(), false);
    assertThat(near.fresh(KEY, 0)).isSameAs(session);
  }

  @Test
  void whatRedisToldBeforeNewsMayHaveBeenMissedIsAskedForAgain() throws Exception {
    Session opened = open(store(), KEY);
    RedisSessionStore store = store();
    get(store.claim(SessionKey.of("crm", "other"))); // lets Redis know the script
    redis.server().pause();
    CompletionStage<Claim> claim = store.claim(KEY);
    store.flush();
    redis.server().resume();
    assertThat(((Found) get(claim)).session().token()).isEqualTo(opened.token());
    assertThat(store.find(KEY, 0)).isNull();
    get(store.claim(KEY));
    assertThat(store.find(KEY, 0)).isNotNull();
  }

  @Test
  void aSessionWhoseTimeEndsWhileItIsReadIsNotServed() throws Exception {
    RedisSessionStore store = store();
    open(store, KEY);
    redis.advance(Duration.ofHours(1));
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(6));
    redis.server().pause();
    CompletionStage<Claim> claim = store.claim(KEY);
    nanos.addAndGet(TimeUnit.HOURS.toNanos(1));
    redis.server().resume();
    assertThat(get(claim)).isInstanceOf(Granted.class);
  }

  @Test
  void aSessionThatCannotBeStoredAgainKeepsNobodyWaiting() throws Exception {
    AtomicBoolean fails = new AtomicBoolean();
    RedisSessionStore store = store(builder -> builder.codec(encodingUnless(fails::get)));
    open(store, KEY);
    redis.clear();
    fails.set(true);
    assertThatThrownBy(() -> get(store.claim(KEY))).hasRootCauseMessage("no key");
    assertThat(get(store().claim(KEY))).isInstanceOf(Granted.class);
  }

  @Test
  void whatRedisMayNotHaveHeardOfIsNotOnlyRead() {
    SessionLimits limits = new SessionLimits(null, Duration.ofMinutes(30), 1000);
    NearCache near = new NearCache(limits, nanos::get);
    Session session = new Session(KEY, "id", Token.random(), 0, false);
    near.put(session, Fields.of(KEY), false, near.flushes());
    SeenSession seen = Objects.requireNonNull(near.unconfirmed(KEY));
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(14));
    seen.used();
    seen.tell();
    seen.untell();
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(1));
    assertThat(near.unconfirmed(KEY)).isNull();
    seen.tell();
    assertThat(near.unconfirmed(KEY)).isSameAs(seen);
  }

  @Test
  void aClaimThatIsCancelledBeforeRedisAnswersKeepsNobodyWaiting() throws Exception {
    RedisSessionStore store = store();
    Session seen = open(store, KEY);
    nanos.addAndGet(TimeUnit.MINUTES.toNanos(6));
    redis.server().command("HDEL", "switchboard:{application:crm:0}:sessions", Fields.of(KEY));
    redis.server().pause();
    CompletableFuture<Claim> claim = store.claim(KEY).toCompletableFuture();
    claim.cancel(true);
    redis.server().resume();
    Claim next = get(store().claim(KEY));
    assertThat(next).isInstanceOf(Granted.class);
    assertThat(((Granted) next).opening()).isNotEqualTo(seen.token());
  }

  @Test
  void closesAreToldWithoutThoseThatAreUnderWay() throws Exception {
    RedisSessionStore store = store();
    for (int i = 0; i < 200; i++) {
      open(store, SessionKey.of("crm", "acme", "" + i));
    }
    assertThat(get(store.evictTenant("acme"))).isEqualTo(200);
    SkewedRedis.maintain(store);
    await().until(() -> left.size() == 200);
    long before = scriptsRun();
    redis.server().pause();
    left.forEach(store::closed);
    redis.server().resume();
    await().until(() -> count("ZCARD", "closing") == 0);
    CompletableFuture<?> idle = store.maintain();
    idle.get(15, TimeUnit.SECONDS);
    // What Redis has not confirmed within a second is told again; all by all would be 20,000.
    assertThat(scriptsRun() - before).isLessThan(10 * 200);
  }

  private static long scriptsRun() {
    String stats = String.valueOf(redis.server().command("INFO", "commandstats"));
    Matcher calls = Pattern.compile("cmdstat_evalsha:calls=(\\d+)").matcher(stats);
    assertThat(calls.find()).isTrue();
    return Long.parseLong(calls.group(1));
  }

  @Test
  void aGreatSurplusLeavesInStepsThatHoldUpNobody() throws Exception {
    RedisSessionStore store = store();
    for (int i = 0; i < 350; i++) {
      open(store, SessionKey.of("crm", "acme", "" + i));
    }
    // What a script has left is noted as it ends.
    RedisSessionStore small =
        store(settings -> settings.scripts(CrossingAnswersTests::notingWhatIsLeft));
    small.configure("crm", new SessionLimits(Duration.ofHours(1), null, 20));
    SkewedRedis.maintain(small);
    await().until(() -> count("HLEN", "sessions") == 20);
    List<?> kept = (List<?>) redis.server().command("LRANGE", "kept", "0", "-1");
    assertThat(Objects.requireNonNull(kept).stream().distinct().toList())
        .isEqualTo(List.of("350", "250", "150", "50", "20"));
  }

  private static String notingWhatIsLeft(String script) {
    return SkewedRedis.standing(script)
        .replace("\nreturn {count()}", "\nredis.call('RPUSH', 'kept', count())\nreturn {count()}");
  }

  @Test
  void upkeepGoesOnThoughASessionCannotBeEncoded() throws Exception {
    AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    RedisSessionStore store =
        store(
            settings ->
                settings
                    .commandTimeout(Duration.ofMillis(250))
                    .codec(encodingUnless(() -> isThrown(failure))));
    Session inDoubt = claim(store, KEY);
    redis.server().pause();
    assertThat(get(store.publish(inDoubt))).isSameAs(inDoubt);
    redis.server().resume();
    failure.set(new StackOverflowError());
    await().until(() -> failure.get() == null);
    failure.set(new IllegalStateException());
    RedisSessionStore other = store();
    Session leaving = open(other, SessionKey.of("crm", "other"));
    other.stop();
    get(other.evict(leaving.key(), leaving.token(), RemovalCause.EVICTED));
    await().untilAsserted(() -> assertThat(left).hasSize(1));
    assertThat(left.get(0).key()).isEqualTo(leaving.key());
  }

  static Stream<Function<RedisSessionStore, CompletionStage<?>>> evictions() {
    return Stream.of(
        store -> store.evict(KEY, null, RemovalCause.EVICTED),
        store -> store.evictTenant("acme"),
        store -> store.evictSpecialist("crm"));
  }

  @ParameterizedTest
  @MethodSource("evictions")
  void whatIsFoundWhileItIsEvictedIsNotServedAfterwards(
      Function<RedisSessionStore, CompletionStage<?>> evict) throws Exception {
    open(store(), KEY);
    RedisSessionStore store =
        store(settings -> settings.scripts(script -> silent(SkewedRedis.standing(script))));
    get(store.claim(SessionKey.of("crm", "other"))); // lets Redis know the scripts
    get(evict.apply(store));
    open(store(), KEY);
    redis.server().pause();
    CompletionStage<Claim> claim = store.claim(KEY);
    CompletionStage<?> evicted = evict.apply(store);
    redis.server().resume();
    assertThat(get(claim)).isInstanceOf(Found.class);
    get(evicted);
    assertThat(store.find(KEY, 0)).isNull();
  }

  @Test
  void aSessionThatIsFoundWhileItIsReplacedIsNotServedAfterwards() throws Exception {
    RedisSessionStore store =
        store(settings -> settings.scripts(script -> silent(SkewedRedis.standing(script))));
    Session replaced = open(store(), KEY);
    get(store.claim(SessionKey.of("crm", "other"))); // lets Redis know the scripts
    get(store.evict(KEY, Token.random(), RemovalCause.REPLACED));
    redis.server().pause();
    CompletionStage<Claim> claim = store.claim(KEY);
    CompletionStage<Boolean> evicted = store.evict(KEY, replaced.token(), RemovalCause.REPLACED);
    redis.server().resume();
    assertThat(get(claim)).isInstanceOf(Found.class);
    assertThat(get(evicted)).isTrue();
    assertThat(store.find(KEY, 0)).isNull();
  }

  /** Nobody hears what has left, as while the connection that brings the news is away. */
  private static String silent(String script) {
    return script.replaceFirst("redis\\.call\\('PUBLISH'.*", "");
  }

  @Test
  void whatTwoAnswersBringAtOnceHearsWhenItLeaves() {
    String field = Fields.of(KEY);
    Session one = new Session(KEY, "one", Token.random(), 0, false);
    Session another = new Session(KEY, "another", Token.random(), 0, false);
    AtomicReference<Runnable> meanwhile = new AtomicReference<>(() -> {});
    AtomicInteger readings = new AtomicInteger();
    NearCache near =
        new NearCache(
            LIMITS,
            () -> {
              if (readings.incrementAndGet() == 2) {
                meanwhile.getAndSet(() -> {}).run();
              }
              return 0;
            });
    meanwhile.set(() -> near.put(another, field, false, near.flushes()));
    near.put(one, field, false, near.flushes());
    assertThat(near.fresh(KEY, 0)).isSameAs(one);
    near.left(field, one.token());
    assertThat(near.fresh(KEY, 0)).isNull();
  }

  @ParameterizedTest
  @MethodSource("evictions")
  void anEvictionIsNothingToWhoOpensLater(Function<RedisSessionStore, CompletionStage<?>> evict)
      throws Exception {
    RedisSessionStore store = store();
    Session lost = open(store, KEY);
    // Redis has leased the next opening with that.
    assertThat(get(store.evict(KEY, lost.token(), RemovalCause.LOST))).isTrue();
    get(evict.apply(store));
    Session next = claim(store, KEY);
    assertThat(get(store.publish(next))).isSameAs(next);
  }

  @ParameterizedTest
  @MethodSource("evictions")
  void anotherProcesssEvictionIsNothingToWhoOpensLater(
      Function<RedisSessionStore, CompletionStage<?>> evict) throws Exception {
    RedisSessionStore store = store();
    RedisSessionStore other = store();
    Session lost = open(store, KEY);
    SessionKey next = SessionKey.of("crm", "next");
    open(store, next);
    assertThat(get(store.evict(KEY, lost.token(), RemovalCause.LOST))).isTrue();
    get(evict.apply(other));
    // News comes in the order in which it was sent.
    get(other.evict(next, null, RemovalCause.EVICTED));
    await().until(() -> store.find(next, 0) == null);
    Session opened = claim(store, KEY);
    assertThat(get(store.publish(opened))).isSameAs(opened);
  }

  @Test
  void aLeaseOfAClockThatWasSetBackHoldsUpNobody() throws Exception {
    redis.advance(Duration.ofHours(1));
    RedisSessionStore dead = store();
    claim(dead, KEY);
    dead.close();
    redis.advance(Duration.ofHours(-1));
    assertThat(get(store().claim(KEY))).isInstanceOf(Granted.class);
  }

  @Test
  void anErrorIsNotTheLastTryToReachRedis() {
    AtomicBoolean thrown = new AtomicBoolean();
    RedisSessionStore store =
        store(
            settings ->
                settings.scripts(
                    script -> {
                      if (script.equals(Script.PROBE.text()) && !thrown.getAndSet(true)) {
                        throw new StackOverflowError();
                      }
                      return SkewedRedis.standing(script);
                    }));
    await().until(() -> store.state().available());
    assertThat(thrown).isTrue();
  }
}
