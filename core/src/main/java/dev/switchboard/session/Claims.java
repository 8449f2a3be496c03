package dev.switchboard.session;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the store for the leader of a flight, who may have to wait for another process's. */
final class Claims {

  private static final Logger log = LoggerFactory.getLogger(Claims.class);

  private final SessionStore store;
  private final Flights flights;

  Claims(SessionStore store, Flights flights) {
    this.store = store;
    this.flights = flights;
  }

  /**
   * Returns the session that another opening has stored, in use by us, or null: we may open. What
   * it throws has ended the flight.
   */
  @Nullable Session claim(Flight flight) {
    for (; ; ) {
      SessionStore.Claim claim = await(flight);
      if (claim instanceof SessionStore.Granted granted) {
        flights.grant(flight, granted.opening());
        return null;
      }
      Session found = ((SessionStore.Found) claim).session();
      if (found.acquire()) {
        return found;
      }
      // Has left already; a store that still keeps it would give us nothing else for ever.
      evictQuietly(found);
    }
  }

  private SessionStore.Claim await(Flight flight) {
    SessionKey key = flight.key();
    CompletableFuture<SessionStore.Claim> claim = null;
    try {
      claim = store.claim(key).toCompletableFuture();
      flight.claim(claim);
      return flights.get(flight, claim);
    } catch (TimeoutException e) {
      flights.handOver(flight);
      throw Flights.outOfTime(key);
    } catch (Throwable failure) {
      Throwable cause =
          failure instanceof ExecutionException wrapped ? wrapped.getCause() : failure;
      if (cause instanceof SessionOpenException told) {
        throw flights.failAs(flight, told);
      }
      throw flights.fail(flight, "the store failed with ", cause == null ? failure : cause);
    } finally {
      if (claim != null) {
        // Where we do not wait any longer, the store takes back what it would have granted.
        claim.cancel(true);
      }
    }
  }

  void evictQuietly(Session session) {
    try {
      get(store.evict(session.key(), session.token(), RemovalCause.EVICTED));
    } catch (Exception e) {
      log.debug("The store could not evict session {}", session, e);
    }
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    try {
      return stage.toCompletableFuture().get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    }
  }
}
