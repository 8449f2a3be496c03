package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The openings in flight of this process, one a key. Kept apart from the store's entries, so that
 * they neither expire nor are evicted, and nothing is locked while one is in the air.
 */
final class Flights {

  static final String TOO_SLOW = "its opening took longer than open-timeout";

  private static final Logger log = LoggerFactory.getLogger(Flights.class);
  private static final String STOPPING = "the application stops";

  private final SessionStore store;
  private final SessionSettings settings;
  private final Ticker ticker;
  private final ConcurrentMap<SessionKey, Flight> flights = new ConcurrentHashMap<>();
  private final Set<Flight> opening = ConcurrentHashMap.newKeySet();
  private volatile boolean stopped;

  Flights(SessionStore store, SessionSettings settings, Ticker ticker) {
    this.store = store;
    this.settings = settings;
    this.ticker = ticker;
  }

  /** A flight that this thread leads once {@link #takeOff} has accepted it. */
  Flight prepare(SessionKey key) {
    // Until the store lets us open; how long another process may take the store knows itself.
    Duration open = settings.openTimeout();
    Duration learn = settings.learnTimeout();
    return new Flight(key, deadline(open.compareTo(learn) > 0 ? open : learn));
  }

  /** Returns null where {@code own} is the key's flight now, else the one to join. */
  @Nullable Flight takeOff(Flight own) {
    Flight other = flights.putIfAbsent(own.key(), own);
    if (other == null && stopped) {
      refuse(own, STOPPING);
      throw refusal(own);
    }
    return other;
  }

  /** The store lets us open; {@link #landed} tells when that has ended. */
  void grant(Flight flight, Token token) {
    opening.add(flight);
    flight.grant(token, deadline(settings.openTimeout()));
  }

  /** What the opening brought, if anything, is in the ledger: a shutdown need not wait for it. */
  void landed(Flight flight) {
    opening.remove(flight);
    flight.landed().complete(null);
  }

  /** The connector leaves the id to the first reply: the flight goes on until then. */
  void learn(Flight flight) {
    flight.learn(deadline(settings.learnTimeout()));
    Token token = flight.granted();
    if (token != null) {
      try {
        store.learn(flight.key(), token);
      } catch (RuntimeException e) {
        log.debug("The store could not note that {} awaits its id", flight.key(), e);
      }
    }
  }

  /** Ends a flight; {@code session} null leaves the lead to the next waiter. */
  void end(Flight flight, @Nullable Session session) {
    flights.remove(flight.key(), flight);
    flight.result().complete(session);
  }

  /** Ends a flight that brought nothing and is nobody's failure: the next waiter leads. */
  void handOver(Flight flight) {
    try {
      giveBack(flight, null);
    } finally {
      end(flight, null);
    }
  }

  private void giveBack(Flight flight, @Nullable Throwable failure) {
    Token opening = flight.takeGrant();
    if (opening != null) {
      tellFailed(flight.key(), opening, failure);
    }
  }

  /** Gives an opening back to the store; one that fails at that changes nobody's outcome. */
  void tellFailed(SessionKey key, Token opening, @Nullable Throwable failure) {
    try {
      store.fail(key, opening, failure);
    } catch (RuntimeException e) {
      log.debug("The store could not take back an opening of {}", key, e);
    }
  }

  /** Ends a flight that failed, and returns or throws what its own caller gets. */
  SessionOpenException fail(Flight flight, String reason, Throwable failure) {
    SessionKey key = flight.key();
    if (failure instanceof Error error) {
      try {
        giveBack(flight, error);
      } finally {
        flights.remove(key, flight);
        flight.result().completeExceptionally(error);
      }
      throw error;
    }
    if (failure instanceof InterruptedException || Thread.currentThread().isInterrupted()) {
      // Our caller was interrupted, not the specialist: those who wait must not share that.
      Thread.currentThread().interrupt();
      handOver(flight);
      return SessionOpenException.of(key, "the opening was interrupted", failure);
    }
    giveBack(flight, failure);
    String reasonWithType = reason + failure.getClass().getSimpleName();
    return failAs(flight, SessionOpenException.of(key, reasonWithType, failure));
  }

  /** Ends a flight that failed with what all its callers get, and returns its own caller's. */
  SessionOpenException failAs(Flight flight, SessionOpenException shared) {
    flights.remove(flight.key(), flight);
    if (flight.unwanted() != null) {
      return refusal(flight);
    }
    flight.result().completeExceptionally(shared);
    return shared.copy();
  }

  /** Whether the flight's result is still wanted; one past its time-out no longer is. */
  boolean isWanted(Flight flight) {
    if (remainingNanos(flight) > 0 && flight.unwanted() == null) {
      return true;
    }
    // Who refuses it may still be telling the store: those who come now need not wait for that.
    flights.remove(flight.key(), flight);
    return false;
  }

  /** After its time-out an opening is nobody's: its waiters fail and the next caller may open. */
  private void abandon(Flight flight) {
    refuse(flight, flight.isLearning() ? "no reply named its id within learn-timeout" : TOO_SLOW);
  }

  private void refuse(Flight flight, String reason) {
    if (flight.result().isDone()) {
      return;
    }
    flight.refuse(reason);
    try {
      giveBack(flight, null);
    } finally {
      flights.remove(flight.key(), flight);
      flight.result().completeExceptionally(refusal(flight));
    }
  }

  static SessionOpenException refusal(Flight flight) {
    return SessionOpenException.of(flight.key(), String.valueOf(flight.unwanted()), null);
  }

  /** Voids the flights of these keys: what they bring is closed. */
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

  /** Refuses further flights and voids those in the air. */
  void stop() {
    stopped = true;
    voidIf(key -> true, STOPPING);
  }

  /** Waits until what is being opened, or named by a first reply, has landed, so long at most. */
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

  /** How long the flight may still take, in nanoseconds; one past its time-out is abandoned. */
  long remainingNanos(Flight flight) {
    long left = flight.remainingNanos(ticker.read());
    if (left <= 0) {
      abandon(flight);
    }
    return left;
  }

  private long deadline(Duration timeout) {
    return ticker.read() + Durations.nanos(timeout);
  }
}
