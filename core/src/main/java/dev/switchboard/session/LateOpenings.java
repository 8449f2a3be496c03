package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.ThreadBindings;
import dev.switchboard.Trace;
import dev.switchboard.session.SessionObserver.Acquisition;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What {@link SessionOpenings} does, for calls that answer later: they join the same flights, but
 * no wait holds a thread, and a connector, which blocks, is called on one of its specialist's.
 */
final class LateOpenings {

  private final SessionOpenings openings;
  private final Flights flights;
  private final FlightWaits waits;
  private final Claims claims;
  private final ConnectorThreads threads;

  LateOpenings(
      SessionOpenings openings,
      Flights flights,
      FlightWaits waits,
      Claims claims,
      ConnectorThreads threads) {
    this.openings = openings;
    this.flights = flights;
    this.waits = waits;
    this.claims = claims;
    this.threads = threads;
  }

  /** Gives {@code context} a session in use, or the flight that its {@code bind} will end. */
  CompletableFuture<Acquisition> acquire(SessionContext context, ThreadBindings caller) {
    if (openings.find(context, null)) {
      return CompletableFuture.completedFuture(Acquisition.HIT);
    }
    return joinOrLead(context, caller);
  }

  private CompletableFuture<Acquisition> joinOrLead(SessionContext context, ThreadBindings caller) {
    Flight own = flights.prepare(context.key());
    Flight flight = flights.takeOff(own);
    if (flight == null) {
      return lead(own, context, caller);
    }
    SessionOpenings.refuseReentry(flight);
    if (!flights.isWanted(flight)) {
      return joinOrLead(context, caller);
    }
    Trace.event(context.trace(), Event.JOINED);
    return waits
        .later(flight, flight.result(), Invocation.in(caller))
        .handle(
            (session, failure) -> {
              if (failure != null) {
                throw FlightWaits.notJoined(flight.key(), failure);
              }
              return session;
            })
        .thenCompose(session -> joined(session, context, caller));
  }

  private CompletableFuture<Acquisition> joined(
      @Nullable Session session, SessionContext context, ThreadBindings caller) {
    if (session == null || !session.acquire()) {
      return joinOrLead(context, caller);
    }
    context.use(session);
    return CompletableFuture.completedFuture(Acquisition.JOINED);
  }

  private CompletableFuture<Acquisition> lead(
      Flight flight, SessionContext context, ThreadBindings caller) {
    return claims
        .claimLater(flight, Invocation.in(caller))
        .thenCompose(
            session -> {
              if (session == null) {
                return open(flight, context, caller);
              }
              flights.end(flight, session);
              context.use(session);
              return CompletableFuture.completedFuture(Acquisition.HIT);
            });
  }

  private CompletableFuture<Acquisition> open(
      Flight flight, SessionContext context, ThreadBindings caller) {
    AtomicBoolean begun = new AtomicBoolean();
    CompletableFuture<Acquisition> opened;
    try {
      opened =
          threads.supply(
              flight.key().name(),
              caller,
              context.trace(),
              () -> {
                if (!begun.compareAndSet(false, true)) {
                  throw new CancellationException(); // given up while it waited for this thread
                }
                return openings.open(flight, context);
              });
    } catch (Throwable refused) {
      // Such as no thread to be had.
      flights.landed(flight);
      throw flights.fail(flight, "no thread could open it: ", refused);
    }
    var unused =
        waits
            .later(flight, flight.result(), Invocation.in(caller))
            .whenComplete(
                (session, failure) -> {
                  if (failure != null && begun.compareAndSet(false, true)) {
                    opened.completeExceptionally(givenUp(flight));
                  }
                });
    return opened;
  }

  /** The time of the opening, or of its call, has run out before it began, or it was voided. */
  private SessionOpenException givenUp(Flight flight) {
    SessionOpenException failure =
        flight.unwanted() == null ? FlightWaits.notAsked(flight.key()) : Flights.refusal(flight);
    flights.handOver(flight);
    flights.landed(flight);
    return failure;
  }
}
