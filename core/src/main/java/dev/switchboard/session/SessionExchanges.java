package dev.switchboard.session;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Exchanges the session of a call that runs: it was lost, or the reply has named another. */
final class SessionExchanges {

  private static final Logger log = LoggerFactory.getLogger(SessionExchanges.class);

  private final Specialists specialists;
  private final SessionDrain drain;
  private final SessionOpenings openings;
  private final Flights flights;

  SessionExchanges(
      Specialists specialists, SessionDrain drain, SessionOpenings openings, Flights flights) {
    this.specialists = specialists;
    this.drain = drain;
    this.openings = openings;
    this.flights = flights;
  }

  /**
   * Returns the session that the failure says is lost, forgotten by now, or null. It is about the
   * one that the work was last told of, and says nothing of another that has replaced it since.
   */
  @Nullable Session forgetIfLost(SessionContext context, SessionPolicy policy, Throwable failure) {
    Session told = context.told();
    Session session = told != null ? told : context.sessionOrNull();
    if (session == null) {
      return null;
    }
    Specialist specialist = specialists.get(session.key().name());
    if (!LossTest.isLost(context, session, policy, specialist.connector(), failure)) {
      return null;
    }
    if (context.sessionOrNull() == session) {
      try {
        openings.forget(session);
      } catch (Throwable forgetting) {
        forgetting.addSuppressed(failure);
        throw forgetting;
      }
    }
    return session;
  }

  /** A lost session is used by {@code owner} no longer, unless another has replaced it. */
  void drop(SessionContext owner, Session lost) {
    ReentrantLock exchange = owner.bindLock();
    exchange.lock();
    try {
      if (owner.sessionOrNull() == lost) {
        owner.use(null);
        drain.release(lost);
      }
    } finally {
      exchange.unlock();
    }
  }

  /** Whether there is nothing to use, nor a reply to come that names it, nor one being noted. */
  boolean isBereft(SessionContext owner) {
    ReentrantLock exchange = owner.bindLock();
    exchange.lock();
    try {
      return owner.isBereft();
    } finally {
      exchange.unlock();
    }
  }

  /**
   * Lets the session of {@code successor} take the place of {@code lost}, where it has not been
   * dropped yet; false where another has.
   */
  boolean takeOver(SessionContext owner, @Nullable Session lost, SessionContext successor) {
    ReentrantLock exchange = owner.bindLock();
    exchange.lock();
    try {
      Session kept = owner.sessionOrNull();
      if (kept == null ? !owner.isBereft() : kept != lost) {
        return false;
      }
      owner.takeOver(successor);
      if (kept != null) {
        drain.release(kept);
      }
      return true;
    } finally {
      exchange.unlock();
    }
  }

  /** The reply has named the session of the call that {@code owner} belongs to. */
  void bind(SessionContext owner, String id) {
    SessionKey key = owner.key();
    Specialist.checkId(key.name(), id);
    Flight flight = owner.takeLearning();
    try {
      if (flight != null) {
        owner.use(openings.land(flight, id));
        return;
      }
      Session session = owner.sessionOrNull();
      if (session == null || !session.isLearned()) {
        throw new IllegalStateException(
            ("the connector of specialist '%s' opened this session: bind(id) is for sessions that"
                    + " it leaves to the first reply by returning null")
                .formatted(key.specialist()));
      }
      if (!session.id().equals(id)) {
        owner.use(openings.replace(session, id));
        drain.release(session);
      }
    } catch (Throwable e) {
      if (flight != null) {
        flights.handOver(flight);
      }
      if (e instanceof Error error) {
        throw error;
      }
      throw e instanceof RuntimeException failure
          ? failure
          : SessionOpenException.of(key, "the store failed to keep the id learned", e);
    } finally {
      if (flight != null) {
        flights.landed(flight);
      }
    }
  }

  /** The call that {@code owner} belongs to is over; where it had an id to learn, the next has. */
  void handOver(SessionContext owner) {
    Flight flight = owner.takeLearning();
    if (flight != null) {
      log.debug("A call of {} has ended without binding an id", owner.key());
      flights.handOver(flight);
      flights.landed(flight);
    }
  }
}
