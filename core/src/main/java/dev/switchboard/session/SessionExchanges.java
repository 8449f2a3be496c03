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
   * Returns the session that the failure says is lost, forgotten by now, or null. Where another has
   * replaced the one that the work was last told of, the failure says nothing of the new one.
   */
  @Nullable Session forgetIfLost(SessionContext context, SessionPolicy policy, Throwable failure) {
    Session told = context.told();
    Session session = told != null && told.isLost() ? told : context.sessionOrNull();
    if (session == null) {
      return null;
    }
    SpecialistConnector connector = specialists.get(session.key().name()).connector().get();
    if (!LossTest.isLost(context, session, policy, connector, failure)) {
      return null;
    }
    ReentrantLock exchange = context.owner().bindLock();
    exchange.lock();
    try {
      if (context.sessionOrNull() == session) {
        openings.forget(session);
      }
    } finally {
      exchange.unlock();
    }
    return session;
  }

  /**
   * Lets the session of {@code successor} take the place of a lost one; false where another has.
   */
  boolean takeOver(SessionContext owner, Session lost, SessionContext successor) {
    ReentrantLock exchange = owner.bindLock();
    exchange.lock();
    try {
      if (owner.sessionOrNull() != lost) {
        return false;
      }
      owner.takeOver(successor);
      drain.release(lost);
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
