package dev.switchboard.redis;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.Token;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;
import org.springframework.data.redis.connection.lettuce.LettuceConnectionFactory;

/**
 * Keeps sessions in Redis or Valkey, shared by all processes of an application: opened once for all
 * of them, and still there after a restart. What this process has seen lately it finds without
 * asking Redis; while Redis does not answer, it goes on with the sessions it knows and opens local
 * ones for keys it does not.
 *
 * <p>Differs from a store of one process in that it keeps its sessions at {@link #stop}; closes
 * what has left at least once, after a grace; tells of leaving in the process that closes; and
 * exceeds its bound by what processes open at the same moment. {@code exclusive} holds in each
 * process.
 *
 * <p>For one engine. Safe for use by several threads. {@link #close} ends its connections.
 *
 * @since 0.1
 */
public final class RedisSessionStore implements SessionStore, AutoCloseable {

  private final Duration connectTimeout;
  private final boolean failing;
  private final SharedShelves shelves;
  private final ScheduledExecutorService timer;
  private final RedisLink link;
  private final LocalSessions local;
  private final KnownSessions known;
  private final Leases leases;
  private final SharedClaims claims;
  private final Evictions evictions;
  private final Publications publications;
  private final Reaper reaper;
  private final Touches touches;
  private final Upkeep upkeep;
  private volatile @Nullable Listener listener;

  RedisSessionStore(RedisSessionStoreBuilder from) {
    Ticker ticker = from.ticker;
    Duration openTimeout = from.settings.openTimeout();
    Duration learnTimeout = from.settings.learnTimeout();
    Namespace space = new Namespace(from.namespace, from.closeGrace);
    connectTimeout = from.connectTimeout;
    failing = from.onFailure == RedisSessionStoreBuilder.OnFailure.FAIL;
    timer = Upkeep.newTimer();
    RedisConnector connector = new RedisConnector(from.connections, connectTimeout);
    link = new RedisLink(connector, space, new Told(), from.commandTimeout, from.scripts);
    shelves = new SharedShelves(space, from.buckets, link, ticker);
    local = new LocalSessions(ticker);
    known = new KnownSessions(from.codec, ticker);
    leases = new Leases(link, ticker, openTimeout, learnTimeout);
    evictions = new Evictions(link, leases, local);
    reaper = new Reaper(link, known);
    publications = new Publications(link, known, local, reaper, evictions, failing);
    RemoteClaims remote =
        new RemoteClaims(
            link, leases, known, publications, timer, ticker, openTimeout, learnTimeout);
    claims = new SharedClaims(link, ticker, local, publications, remote, failing);
    touches = new Touches(link);
    upkeep =
        new Upkeep(timer, link, shelves, leases, evictions, touches, reaper, local, publications);
  }

  /**
   * Starts to build a store.
   *
   * @param connections says where Redis is and how to log in; the store makes connections of its
   *     own. A static primary with replicas is not supported: use Sentinel or Cluster
   * @return a builder of a store with all defaults
   */
  public static RedisSessionStoreBuilder builder(LettuceConnectionFactory connections) {
    return new RedisSessionStoreBuilder(connections);
  }

  /** Starts, waiting for the first connection no longer than the connect time-out. */
  @Override
  public synchronized void start(Listener told) {
    listener = told;
    local.start(told, (s, cause) -> evictions.settle(shelves.get(s.key()), s, cause));
    evictions.start(told);
    reaper.start(told);
    link.connect(connectTimeout);
    upkeep.start();
  }

  @Override
  public void configure(String specialist, SessionLimits limits) {
    SharedShelf shelf = shelves.add(specialist, limits);
    local.store().configure(specialist, limits);
    // Tells the size, too, of what earlier processes have left.
    for (Shard shard : shelf.shards()) {
      var unused = reaper.trim(shelf, shard);
    }
  }

  @Override
  public @Nullable Session find(SessionKey key, long nanos) {
    SharedShelf shelf = shelves.find(key);
    if (shelf == null) {
      return null;
    }
    NearCache near = shelf.near();
    if (link.isUp() || failing) {
      return near.fresh(key, nanos);
    }
    Session seen = near.any(key, nanos);
    return seen != null ? seen : local.store().find(key, nanos);
  }

  @Override
  public CompletionStage<Claim> claim(SessionKey key) {
    return claims.claim(shelves.get(key), key);
  }

  @Override
  public void learn(SessionKey key, Token opening) {
    leases.learn(opening);
  }

  @Override
  public CompletionStage<Session> publish(Session opened) {
    SharedShelf shelf = shelves.get(opened.key());
    CompletionStage<Session> published =
        publications.publish(shelf, opened, Objects.requireNonNull(listener));
    leases.release(opened.token());
    return published;
  }

  @Override
  public void fail(SessionKey key, Token opening, @Nullable Throwable failure) {
    leases.fail(opening, failure == null ? "" : failure.getClass().getName());
  }

  @Override
  public CompletionStage<Boolean> evict(
      SessionKey key, @Nullable Token opening, RemovalCause cause) {
    if (opening == null) {
      return evictions.evict(shelves, key, cause);
    }
    SharedShelf shelf = shelves.get(key);
    return evictions.evict(shelf, known.find(key, opening), cause);
  }

  @Override
  public CompletionStage<Integer> evictTenant(String tenant) {
    return evictions.evictTenant(shelves, tenant);
  }

  @Override
  public CompletionStage<Integer> evictSpecialist(String specialist) {
    return evictions.evictSpecialist(shelves, specialist);
  }

  @Override
  public int size(String specialist) {
    SharedShelf shelf = shelves.find(specialist);
    return shelf == null ? 0 : shelf.size() + local.store().size(specialist);
  }

  @Override
  public State state() {
    String trouble = link.trouble();
    return new State("redis", trouble == null, trouble);
  }

  @Override
  public void touch(Session session) {
    if (local.has(session)) {
      local.store().touch(session);
    } else {
      touches.touch(shelves.get(session.key()), session);
    }
  }

  @Override
  public void closed(Session session) {
    reaper.closed(session);
  }

  /** What is done every second, for tests that let a second pass. */
  CompletableFuture<?> maintain() {
    return upkeep.run();
  }

  /** Stops; what is shared stays, and what has to be closed is left to other processes. */
  @Override
  public synchronized void stop() {
    upkeep.stop();
    local.store().stop();
  }

  /** Ends the connections. Call it after the engine has stopped; Spring does. */
  @Override
  public void close() {
    timer.shutdownNow();
    link.close();
  }

  /** Lets all that was seen be confirmed anew: what has left may not have been told. */
  void flush() {
    shelves.flush();
  }

  /** What the link tells. */
  private final class Told implements RedisLink.Listener {

    @Override
    public CompletionStage<?> recovering() {
      return evictions.sendPending().thenCompose(sent -> shelves.register());
    }

    @Override
    public void subscribed() {
      flush();
    }

    @Override
    public void message(String text) {
      Token left = shelves.left(text);
      if (left != null) {
        leases.unprepare(left);
      }
    }
  }
}
