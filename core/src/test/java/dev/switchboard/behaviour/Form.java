package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistSessions;
import java.util.List;

/**
 * A form in which methods answer: all that the suite has to know of it.
 *
 * @param <R> what the methods return
 */
abstract class Form<R> {

  /** All forms; each is a row of the matrix for every advice. */
  static List<Form<?>> all() {
    return List.of(new Values(), new Futures(), new Monos(), new Fluxes());
  }

  abstract String name();

  abstract Class<? extends Desk<R>> desk();

  abstract Class<? extends Counter<R>> counter();

  /** Waits for an answer. */
  abstract String await(R answer) throws Exception;

  /** Calls within a session without annotations. */
  abstract R call(SpecialistSessions sessions, SessionKey key, SessionPolicy policy, Body body)
      throws Exception;

  /** Calls within a session and retries without annotations. */
  abstract R call(
      RetryExecutor retries,
      RetryOperation operation,
      SpecialistSessions sessions,
      SessionKey key,
      Body body)
      throws Exception;

  @Override
  public String toString() {
    return name();
  }
}
