package dev.switchboard.behaviour;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;

/** Annotated methods of a class without an interface; {@code R} is how they answer. */
abstract class Desk<R> {

  abstract R begin(Body body) throws Exception;

  @SpecialistSession(Calls.DESK)
  @RequestScopedRetry(maxRetries = Calls.MAX_RETRIES)
  public R ask(@Tenant String tenant, Body body) throws Exception {
    return begin(body);
  }

  @SpecialistSession(specialist = Calls.DESK, exclusive = true)
  public R alone(@Tenant String tenant, Body body) throws Exception {
    return begin(body);
  }

  @SpecialistSession(Calls.LEARNER)
  public R learn(@Tenant String tenant, Body body) throws Exception {
    return begin(body);
  }
}
