package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Finds sessions, and opens those that are missing: once a key, however many callers ask. The first
 * caller leads and opens on its own thread, with nothing locked; the others join its {@link
 * Flight}. Flights are kept apart from the store's entries, so that they neither expire nor are
 * evicted.
 */
final class SessionOpenings {

  private static final String STOPPING = "the application stops";

  private final SessionStore store;
  private final Specialists specialists;
  private final SessionSettings settings;
  private final Ticker ticker;
  private final SessionDrain drain;
  private final ConcurrentMap<SessionKey, Flight> flights = new ConcurrentHashMap<>();
  private final Set<Flight> opening = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  SessionOpenings(
      SessionStore store,
      Specialists specialists,
      SessionSettings settings,
      Ticker ticker,
      SessionDrain drain) {
    this.store = store;
    this.specialists = specialists;
    this.settings = settings;
    this.ticker = ticker;
    this.drain = drain;
  }

  /** Gives {@code context} a session in use, or the flight that its {@code bind} will end. */
  void acquire(SessionContext context) {
    Session found = store.find(context.key());
    if (found != null && found.acquire()) {
      context.use(found);
      return;
    }
    while (!joinOrLead(context)) {
      // What we joined has gone again already, or its leader left the lead to the next.
    }
  }

  private boolean joinOrLead(SessionContext context) {
    SessionKey key = context.key();
    Flight own = new Flight(key, deadline(settings.openTimeout()));
    Flight flight = flights.putIfAbsent(key, own);
    if (flight == null) {
      lead(own, context);
      return true;
    }
    if (flight.isOpenedByThisThread()) {
      throw failed(key, "the connector's open needs the very session that it opens", null);
    }
    Session session = await(flight);
    if (session == null || !session.acquire()) {
      return false;
    }
    context.use(session);
    return true;
  }

  private void lead(Flight flight, SessionContext context) {
    opening.add(flight);
    try {
      if (stopped) {
        refuse(flight, STOPPING);
        throw failed(flight.key(), STOPPING, null);
      }
      Session session = claim(flight);
      if (session != null) {
        end(flight, session);
        context.use(session);
        return;
      }
      String id = specialists.get(flight.key().name()).open(flight.key());
      if (id == null) {
        flight.learn(deadline(settings.learnTimeout()));
        context.learn(flight);
        return;
      }
      session = land(flight, id);
      if (flight.unwanted() != null) {
        drain.release(session);
        throw failed(flight.key(), flight.unwanted(), null);
      }
      context.use(session);
    } catch (Throwable failure) {
      throw fail(flight, failure);
    } finally {
      opening.remove(flight);
      flight.landed().complete(null);
    }
  }

  /** Returns the session that another opening has stored, in use by us, or null: we may open. */
  private @Nullable Session claim(Flight flight) throws Exception {
    for (; ; ) {
      SessionStore.Claim claim = get(store.claim(flight.key()));
      if (claim instanceof SessionStore.Granted granted) {
        flight.grant(granted.opening());
        return null;
      }
      Session found = ((SessionStore.Found) claim).session();
      if (found.acquire()) {
        return found;
      }
    }
  }

  /**
   * Stores what an opening brought and ends its flight. Returns the session that the caller uses,
   * in use: its own, or the one that another process stored first. Where its own is kept nowhere
   * (the flight is no longer wanted, or the caller has talked within it already), it closes after
   * this use.
   */
  Session land(Flight flight, String id) throws Exception {
    SessionKey key = flight.key();
    Token token = flight.takeGrant();
    Session opened = opened(key, id, token == null ? Token.random() : token, flight.isLearning());
    if (flight.remainingNanos(ticker.read()) <= 0) {
      abandon(flight);
    }
    if (flight.unwanted() != null) {
      store.fail(key, opened.token(), null);
      drain.discard(opened);
      return opened;
    }
    Session winner = publish(opened);
    if (winner == opened && flight.unwanted() != null) {
      // Voided meanwhile: the eviction may have looked at the store before we had published.
      get(store.evict(key, opened.token(), RemovalCause.EVICTED));
    }
    end(flight, winner);
    if (winner != opened && !flight.isLearning() && winner.acquire()) {
      drain.release(opened);
      return winner;
    }
    return opened;
  }

  /** Lets the session that {@code id} names take the place of {@code replaced}; in use. */
  Session replace(Session replaced, String id) throws Exception {
    SessionKey key = replaced.key();
    Session opened = opened(key, id, Token.random(), true);
    Flight flight = new Flight(key, deadline(settings.openTimeout()));
    if (flights.putIfAbsent(key, flight) != null) {
      drain.discard(opened);
      return opened;
    }
    try {
      if (get(store.evict(key, replaced.token(), RemovalCause.REPLACED))) {
        publish(opened);
      } else {
        drain.discard(opened);
      }
    } finally {
      end(flight, null);
    }
    return opened;
  }

  private Session opened(SessionKey key, String id, Token token, boolean learned) {
    Session opened = new Session(key, id, token, ticker.read(), learned);
    opened.acquire();
    drain.opened(opened);
    return opened;
  }

  /** Stores the session, or discards it where another was first or the store failed. */
  private Session publish(Session opened) throws Exception {
    Session winner = null;
    try {
      winner = get(store.publish(opened));
      return winner;
    } finally {
      if (winner != opened) {
        drain.discard(opened);
      }
    }
  }

  /** Forgets exactly this session, because its specialist has. */
  void forget(Session session) {
    try {
      if (!get(store.evict(session.key(), session.token(), RemovalCause.LOST))) {
        drain.lost(session);
      }
    } catch (Exception e) {
      throw failed(session.key(), "the store failed", e);
    }
  }

  private void end(Flight flight, @Nullable Session session) {
    flights.remove(flight.key(), flight);
    flight.result().complete(session);
  }

  /** The invocation that was to learn the id has ended without: the next waiter leads. */
  void handOver(Flight flight) {
    giveBack(flight, null);
    end(flight, null);
  }

  private void giveBack(Flight flight, @Nullable Throwable failure) {
    Token opening = flight.takeGrant();
    if (opening != null) {
      store.fail(flight.key(), opening, failure);
    }
  }

  private SessionOpenException fail(Flight flight, Throwable failure) {
    SessionKey key = flight.key();
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      // Our caller was interrupted, not the specialist: those who wait must not share that.
      Thread.currentThread().interrupt();
      handOver(flight);
      return failed(key, "the opening was interrupted", failure);
    }
    giveBack(flight, failure);
    flights.remove(key, flight);
    if (failure instanceof Error error) {
      flight.result().completeExceptionally(error);
      throw error;
    }
    if (flight.unwanted() != null) {
      return failed(key, flight.unwanted(), null);
    }
    String reason = "the connector failed with " + failure.getClass().getSimpleName();
    SessionOpenException shared = failed(key, reason, failure);
    flight.result().completeExceptionally(shared);
    return shared.copy();
  }

  private @Nullable Session await(Flight flight) {
    SessionKey key = flight.key();
    Invocation invocation = Invocation.current();
    for (; ; ) {
      long left = flight.remainingNanos(ticker.read());
      if (left <= 0) {
        abandon(flight);
      }
      long allowed = invocation == null ? Long.MAX_VALUE : invocation.remainingNanos();
      if (allowed <= 0 && !flight.result().isDone()) {
        throw failed(key, "the time of the call ran out while another opened it", null);
      }
      try {
        long nanos = Math.max(1, Math.min(left, allowed));
        return flight.result().get(nanos, TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        // Which time ran out is told by the next look at both.
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw failed(key, "the wait for another call to open it was interrupted", e);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof Error error) {
          throw error;
        }
        throw e.getCause() instanceof SessionOpenException shared
            ? shared.copy()
            : failed(key, "its opening failed", e.getCause());
      }
    }
  }

  /** After its time-out an opening is nobody's: its waiters fail and the next caller may open. */
  private void abandon(Flight flight) {
    String timeout = flight.isLearning() ? "no reply named it within " : "it took longer than ";
    refuse(flight, timeout + (flight.isLearning() ? "learn-timeout" : "open-timeout"));
  }

  private void refuse(Flight flight, String reason) {
    flight.refuse(reason);
    flights.remove(flight.key(), flight);
    flight.result().completeExceptionally(failed(flight.key(), reason, null));
  }

  /** Voids the openings in flight of these keys: what they bring is closed. */
  void voidIf(Predicate<SessionKey> keys, String reason) {
    for (Flight flight : flights.values()) {
      if (keys.test(flight.key())) {
        refuse(flight, reason);
      }
    }
  }

  void start() {
    stopped = false;
  }

  /** Refuses further openings and voids those in flight. */
  void stop() {
    stopped = true;
    voidIf(key -> true, STOPPING);
  }

  /** Waits until the connectors' {@code open}s that run have returned, at most {@code nanos}. */
  void awaitLanded(long nanos) throws InterruptedException {
    long end = System.nanoTime() + nanos;
    for (Flight flight : opening) {
      try {
        flight.landed().get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (TimeoutException | ExecutionException e) {
        return;
      }
    }
  }

  private long deadline(Duration timeout) {
    return ticker.read() + Durations.nanos(timeout);
  }

  private static SessionOpenException failed(
      SessionKey key, @Nullable String reason, @Nullable Throwable cause) {
    return SessionOpenException.of(key, String.valueOf(reason), cause);
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
