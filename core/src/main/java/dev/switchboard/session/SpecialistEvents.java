package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import dev.switchboard.InvocationObserver;
import dev.switchboard.Trace;
import dev.switchboard.session.SessionObserver.Acquisition;
import dev.switchboard.session.SessionObserver.Opening;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observer, if there is one, what happens at one specialist; never fails. */
final class SpecialistEvents {

  private static final Logger log = LoggerFactory.getLogger(SpecialistEvents.class);

  static final SpecialistEvents NONE =
      new SpecialistEvents(null, SpecialistName.of("none"), Ticker.disabledTicker());

  private final @Nullable SessionObserver observer;
  private final String specialist;
  private final Ticker ticker;

  SpecialistEvents(@Nullable SessionObserver observer, SpecialistName specialist, Ticker ticker) {
    this.observer = observer;
    this.specialist = specialist.toString();
    this.ticker = ticker;
  }

  void settled(SessionLimits limits, Supplier<SessionCounts> counts) {
    tell(told -> told.settled(specialist, limits, counts));
  }

  /** A call has come to its session, or has not. Written out, as every call comes here. */
  void acquired(Acquisition outcome) {
    if (observer != null) {
      try {
        observer.acquired(specialist, outcome);
      } catch (Throwable failure) {
        ignore(failure);
      }
    }
  }

  /** Opens, and tells how that went. */
  @Nullable String open(Specialist opened, Flight flight) throws Exception {
    long start = ticker.read();
    Opening outcome = Opening.FAILED;
    try {
      String id = opened.open(flight.key());
      boolean wanted = flight.unwanted() == null && flight.remainingNanos(ticker.read()) > 0;
      outcome = id == null ? Opening.LEARNING : wanted ? Opening.OPENED : Opening.UNWANTED;
      return id;
    } finally {
      Opening ended = outcome;
      long nanos = ticker.read() - start;
      tell(told -> told.opened(specialist, ended, nanos));
    }
  }

  /** Waits for the turn of an exclusive call, and tells how that went. */
  void await(ExclusiveTurns.Turn turn, Duration atMost, @Nullable Trace trace) {
    if (!turn.isDone()) {
      Trace.event(trace, InvocationObserver.Event.WAIT);
    }
    long start = ticker.read();
    boolean served = false;
    try {
      turn.await(Durations.nanos(atMost));
      served = true;
    } finally {
      boolean ended = served;
      long nanos = ticker.read() - start;
      tell(told -> told.waited(specialist, ended, nanos));
    }
  }

  /** The same for a call that answers later. */
  CompletableFuture<@Nullable Void> awaitLater(
      ExclusiveTurns.Turn turn,
      Duration atMost,
      @Nullable Invocation invocation,
      @Nullable Trace trace) {
    if (!turn.isDone()) {
      Trace.event(trace, InvocationObserver.Event.WAIT);
    }
    long start = ticker.read();
    return turn.later(Durations.nanos(atMost), invocation)
        .whenComplete(
            (done, failure) -> {
              long nanos = ticker.read() - start;
              tell(told -> told.waited(specialist, failure == null, nanos));
            });
  }

  void closed(RemovalCause cause) {
    tell(told -> told.closed(specialist, cause));
  }

  private void tell(Consumer<SessionObserver> event) {
    if (observer != null) {
      try {
        event.accept(observer);
      } catch (Throwable failure) {
        ignore(failure);
      }
    }
  }

  private static void ignore(Throwable failure) {
    log.debug("An observer of sessions failed, which changes nothing else", failure);
  }
}
