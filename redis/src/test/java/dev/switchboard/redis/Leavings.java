package dev.switchboard.redis;

import dev.switchboard.session.RemovalCause;
import dev.switchboard.session.Session;
import dev.switchboard.session.SessionStore;
import java.util.Collection;

/** Notes the sessions that a store says have left. */
record Leavings(Collection<Session> to) implements SessionStore.Listener {

  @Override
  public void entered(Session session) {}

  @Override
  public void left(Session session, RemovalCause cause) {
    to.add(session);
  }
}
