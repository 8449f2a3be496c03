package dev.switchboard.behaviour;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;

/** Annotated methods of an interface; {@code R} is how they answer. */
interface Counter<R> {

  @SpecialistSession(Calls.DESK)
  @RequestScopedRetry(maxRetries = Calls.MAX_RETRIES)
  R ask(@Tenant String tenant, Body body) throws Exception;

  @SpecialistSession(specialist = Calls.DESK, exclusive = true)
  R alone(@Tenant String tenant, Body body) throws Exception;

  @SpecialistSession(Calls.LEARNER)
  R learn(@Tenant String tenant, Body body) throws Exception;

  /** Implements them, without annotations. */
  abstract class Clerk<R> implements Counter<R> {

    abstract R begin(Body body) throws Exception;

    @Override
    public R ask(String tenant, Body body) throws Exception {
      return begin(body);
    }

    @Override
    public R alone(String tenant, Body body) throws Exception {
      return begin(body);
    }

    @Override
    public R learn(String tenant, Body body) throws Exception {
      return begin(body);
    }
  }
}
