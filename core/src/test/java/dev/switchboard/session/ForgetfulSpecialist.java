package dev.switchboard.session;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A specialist in memory that can forget sessions, refuse to open and refuse to close, and that
 * notices a call within a session which is another tenant's, or closed.
 */
class ForgetfulSpecialist implements SpecialistConnector {

  /** What it answers to an id it does not know. */
  static final class NotFoundException extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  final AtomicInteger opened = new AtomicInteger();
  final List<String> closed = new CopyOnWriteArrayList<>();
  final AtomicInteger failingCloses = new AtomicInteger();
  private final Map<String, SessionKey> known = new ConcurrentHashMap<>();
  private volatile @Nullable Exception failure;

  @Override
  public @Nullable String open(SessionKey key) throws Exception {
    int number = opened.incrementAndGet();
    Exception refused = failure;
    if (refused != null) {
      throw refused;
    }
    String id = "id-" + number;
    known.put(id, key);
    return id;
  }

  @Override
  public void close(SessionKey key, String id) throws Exception {
    if (failingCloses.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
      throw new IllegalStateException("cannot close");
    }
    known.remove(id, key);
    closed.add(id);
  }

  @Override
  public boolean isLost(SessionKey key, String id, Throwable failure) {
    return failure instanceof NotFoundException;
  }

  /** One message of a conversation. */
  String ask(SessionContext session, String message) {
    SessionKey owner = known.get(session.id());
    if (owner == null) {
      throw new NotFoundException();
    }
    if (!owner.equals(session.key())) {
      throw new AssertionError("a session of another key was used");
    }
    return session.id() + ":" + message;
  }

  void forgetAll() {
    known.clear();
  }

  void forget(String id) {
    known.remove(id);
  }

  void failOpensWith(@Nullable Exception exception) {
    failure = exception;
  }
}
