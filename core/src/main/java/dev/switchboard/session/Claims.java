package dev.switchboard.session;

import dev.switchboard.Invocation;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
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
  private final FlightWaits waits;

  Claims(SessionStore store, Flights flights, FlightWaits waits) {
    this.waits = waits;
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
    CompletableFuture<SessionStore.Claim> claim = null;
    try {
      claim = store.claim(flight.key()).toCompletableFuture();
      flight.claim(claim);
      return waits.get(flight, claim);
    } catch (Throwable failure) {
      throw ended(flight, failure);
    } finally {
      if (claim != null) {
        // Where we do not wait any longer, the store takes back what it would have granted.
        claim.cancel(true);
      }
    }
  }

  /** Ends a flight whose claim failed, and returns or throws what its own caller gets. */
  private SessionOpenException ended(Flight flight, Throwable failure) {
    if (failure instanceof TimeoutException) {
      flights.handOver(flight);
      return FlightWaits.outOfTime(flight.key());
    }
    Throwable cause = cause(failure);
    return cause instanceof SessionOpenException told
        ? flights.failAs(flight, told)
        : flights.fail(flight, "the store failed with ", cause);
  }

  /** Like {@link #claim}, but holds no thread. */
  CompletableFuture<@Nullable Session> claimLater(Flight flight, @Nullable Invocation invocation) {
    CompletableFuture<SessionStore.Claim> claim;
    try {
      claim = store.claim(flight.key()).toCompletableFuture();
    } catch (Throwable failure) {
      throw ended(flight, failure);
    }
    flight.claim(claim);
    return waits
        .later(flight, claim, invocation)
        .handle(
            (answer, failure) -> {
              claim.cancel(true); // as above
              if (failure != null) {
                throw ended(flight, failure instanceof TimeoutException ? failure : cause(failure));
              }
              return answer;
            })
        .thenCompose(answer -> claimed(flight, answer, invocation));
  }

  private CompletionStage<@Nullable Session> claimed(
      Flight flight, SessionStore.Claim claim, @Nullable Invocation invocation) {
    if (claim instanceof SessionStore.Granted granted) {
      flights.grant(flight, granted.opening());
      return CompletableFuture.completedFuture(null);
    }
    Session found = ((SessionStore.Found) claim).session();
    return found.acquire()
        ? CompletableFuture.completedFuture(found)
        : store
            .evict(found.key(), found.token(), RemovalCause.EVICTED)
            .handle((evicted, ignored) -> flight)
            .thenCompose(same -> claimLater(same, invocation));
  }

  /** What has failed, without what futures wrap it in. */
  static Throwable cause(Throwable failure) {
    boolean wrapped =
        failure instanceof ExecutionException || failure instanceof CompletionException;
    return wrapped && failure.getCause() != null ? failure.getCause() : failure;
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
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw e;
    }
  }
}
