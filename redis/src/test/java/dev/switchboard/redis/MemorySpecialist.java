package dev.switchboard.redis;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** A specialist that several engines of one JVM talk to. */
final class MemorySpecialist implements SpecialistConnector {

  /** It does not know the session. */
  static final class ForgottenException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private final SpecialistLedger sessions = new SpecialistLedger();
  private final Map<SpecialistServer.Call, Hold> holds = new ConcurrentHashMap<>();

  /** What it knows, and all that ever happened. */
  SpecialistLedger sessions() {
    return sessions;
  }

  /** Holds the next request of a kind before it has any effect. */
  Hold holdNext(SpecialistServer.Call call) {
    Hold hold = new Hold(1);
    holds.put(call, hold);
    return hold;
  }

  private void pass(SpecialistServer.Call call) throws InterruptedException {
    Hold hold = holds.get(call);
    if (hold != null) {
      hold.pass();
    }
  }

  @Override
  public String open(SessionKey key) throws InterruptedException {
    pass(SpecialistServer.Call.OPEN);
    return sessions.open(HttpSpecialist.text(key));
  }

  @Override
  public void close(SessionKey key, String id) throws InterruptedException {
    pass(SpecialistServer.Call.CLOSE);
    sessions.close(id);
  }

  @Override
  public boolean isLost(SessionKey key, String id, Throwable failure) {
    return failure instanceof ForgottenException;
  }

  /** One message of a conversation; returns its id. */
  String say(SessionContext session) {
    if (!sessions.say(HttpSpecialist.text(session.key()), session.id())) {
      throw new ForgottenException();
    }
    return session.id();
  }
}
