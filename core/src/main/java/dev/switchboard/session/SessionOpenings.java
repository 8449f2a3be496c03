package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.Trace;
import dev.switchboard.session.SessionObserver.Acquisition;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds sessions, and opens those that are missing: once a key, however many callers ask. The first
 * caller leads and opens on its own thread; the others join its {@link Flight}.
 */
final class SessionOpenings {

  private final SessionStore store;
  private final Specialists specialists;
  private final Ticker ticker;
  private final SessionDrain drain;
  private final Flights flights;
  private final FlightWaits waits;
  private final Claims claims;

  SessionOpenings(
      SessionStore store,
      Specialists specialists,
      Ticker ticker,
      SessionDrain drain,
      Flights flights,
      FlightWaits waits,
      Claims claims) {
    this.waits = waits;
    this.store = store;
    this.specialists = specialists;
    this.ticker = ticker;
    this.drain = drain;
    this.flights = flights;
    this.claims = claims;
  }

  /**
   * Gives {@code context} the session in use that the store has in memory, if it has one.
   *
   * @param attemptOf what the call is an attempt of, where it has not waited since, or else null
   * @return whether there is one
   */
  boolean find(SessionContext context, @Nullable Invocation attemptOf) {
    long now = attemptOf == null ? ticker.read() : attemptOf.nowNanos(ticker);
    Session found = store.find(context.key(), now);
    if (found == null || !found.acquire()) {
      // Before the store is asked for more, it knows the specialist's limits.
      specialists.get(context.key().name());
      return false;
    }
    context.use(found);
    return true;
  }

  /** Gives {@code context} a session in use, or the flight that its {@code bind} will end. */
  Acquisition acquire(SessionContext context, @Nullable Invocation attemptOf) {
    if (find(context, attemptOf)) {
      return Acquisition.HIT;
    }
    for (; ; ) {
      Acquisition acquired = joinOrLead(context);
      if (acquired != null) {
        return acquired;
      }
      // What we joined has gone again already, or its leader left the lead to the next.
    }
  }

  private @Nullable Acquisition joinOrLead(SessionContext context) {
    Flight own = flights.prepare(context.key());
    Flight flight = flights.takeOff(own);
    if (flight == null) {
      return lead(own, context);
    }
    refuseReentry(flight);
    // One past its time-out is abandoned by this look, and the next round opens.
    if (!flights.isWanted(flight)) {
      return null;
    }
    Trace.event(context.trace(), Event.JOINED);
    Session session = waits.await(flight);
    if (session == null || !session.acquire()) {
      return null;
    }
    context.use(session);
    return Acquisition.JOINED;
  }

  private Acquisition lead(Flight flight, SessionContext context) {
    Session session = claims.claim(flight);
    if (session != null) {
      flights.end(flight, session);
      context.use(session);
      return Acquisition.HIT;
    }
    return open(flight, context);
  }

  static void refuseReentry(Flight flight) {
    if (flight.isOpenedByThisThread()) {
      throw SessionOpenException.of(
          flight.key(), "the connector's open needs the very session that it opens", null);
    }
  }

  /** The store lets us open: calls the connector on this thread, and ends the flight. */
  Acquisition open(Flight flight, SessionContext context) {
    try {
      flight.open();
      Trace.event(context.trace(), Event.OPEN);
      String id = open(flight);
      if (id == null) {
        flights.learn(flight);
        context.learn(flight);
      } else {
        context.use(landOpened(flight, id));
      }
      return Acquisition.OPENED;
    } finally {
      if (!flight.isLearning()) {
        flights.landed(flight);
      }
    }
  }

  private @Nullable String open(Flight flight) {
    Specialist specialist = specialists.get(flight.key().name());
    Semaphore permits = specialist.openPermits();
    if (!awaitPermit(flight, permits)) {
      flights.handOver(flight);
      throw Flights.refusal(flight);
    }
    try {
      return specialist.events().open(specialist, flight);
    } catch (Throwable failure) {
      throw flights.fail(flight, "the connector failed with ", failure);
    } finally {
      permits.release();
    }
  }

  /** Returns whether it may be opened, or else nobody wants it any more. */
  private boolean awaitPermit(Flight flight, Semaphore permits) {
    try {
      return waits.acquire(flight, permits);
    } catch (TimeoutException e) {
      flights.handOver(flight);
      throw FlightWaits.notAsked(flight.key());
    } catch (InterruptedException e) {
      throw flights.fail(flight, "", e);
    }
  }

  private Session landOpened(Flight flight, String id) {
    Session session;
    try {
      session = land(flight, id);
    } catch (SessionOpenException told) {
      throw flights.failAs(flight, told);
    } catch (Throwable failure) {
      throw flights.fail(flight, "the store failed with ", failure);
    }
    if (flight.unwanted() != null) {
      drain.release(session);
      throw Flights.refusal(flight);
    }
    return session;
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
    try {
      if (!flights.isWanted(flight)) {
        flights.tellFailed(key, opened.token(), null);
        drain.discard(opened);
        return opened;
      }
      Session winner = publish(flight, opened);
      flights.end(flight, winner);
      if (winner != opened && !flight.isLearning() && winner.acquire()) {
        drain.release(opened);
        return winner;
      }
      return opened;
    } catch (Throwable failure) {
      try {
        flights.tellFailed(key, opened.token(), failure);
      } finally {
        evictIfAborted(opened, failure);
      }
      throw dropped(opened, failure);
    }
  }

  /** Lets the session that {@code id} names take the place of {@code replaced}; in use. */
  Session replace(Session replaced, String id) throws Exception {
    SessionKey key = replaced.key();
    Session opened = opened(key, id, Token.random(), true);
    Flight flight = flights.prepare(key);
    try {
      // Keeps others from opening between the two steps; without it the first to publish wins.
      Flight other = flights.takeOff(flight);
      if (Claims.get(store.evict(key, replaced.token(), RemovalCause.REPLACED))) {
        publish(other == null ? flight : other, opened);
      } else {
        drain.discard(opened);
      }
      return opened;
    } catch (Throwable failure) {
      evictIfAborted(opened, failure);
      throw dropped(opened, failure);
    } finally {
      flights.end(flight, null);
    }
  }

  /** An error may have come after it was stored; of other failures a store takes care itself. */
  private void evictIfAborted(Session opened, Throwable failure) {
    if (failure instanceof Error) {
      claims.evictQuietly(opened);
    }
  }

  /** Nobody will use what could not be stored: it is closed. Returns or throws the failure. */
  private Exception dropped(Session opened, Throwable failure) {
    if (!opened.hasLeft()) {
      drain.discard(opened);
    }
    drain.release(opened);
    if (failure instanceof Error error) {
      throw error;
    }
    return (Exception) failure;
  }

  private Session opened(SessionKey key, String id, Token token, boolean learned) {
    Session opened = new Session(key, id, token, ticker.read(), learned);
    opened.acquire();
    drain.opened(opened);
    return opened;
  }

  /** Stores the session, or discards it where another was first. */
  private Session publish(Flight flight, Session opened) throws Exception {
    Session winner = Claims.get(store.publish(opened));
    if (winner != opened) {
      drain.discard(opened);
    } else if (flight.unwanted() != null) {
      // Voided meanwhile: the eviction may have looked at the store before we had published.
      claims.evictQuietly(opened);
    }
    return winner;
  }

  /** Forgets exactly this session, because its specialist has. */
  void forget(Session session) {
    try {
      if (!Claims.get(store.evict(session.key(), session.token(), RemovalCause.LOST))) {
        drain.lost(session);
      }
    } catch (InterruptedException e) {
      throw SessionOpenException.of(session.key(), "the wait for the store was interrupted", e);
    } catch (Exception e) {
      throw SessionOpenException.of(session.key(), "the store failed", e);
    }
  }
}
