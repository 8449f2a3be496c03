package dev.switchboard.session;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The sequential model: what is kept, what may leave and why, and what the ledger says then. */
final class ModelStore {

  static final int MAX_SIZE = 4;
  static final Duration TTL = Duration.ofSeconds(20);
  static final Duration IDLE = Duration.ofSeconds(6);
  private static final long SOON = Duration.ofSeconds(2).toNanos();

  private final FakeTicker ticker;
  private final Map<SessionKey, ModelSession> stored = new HashMap<>();

  /** All that are neither closed nor lost nor given up. */
  private final Map<String, ModelSession> open = new HashMap<>();

  private long opened;
  private long closed;
  private long lost;
  private long unclosed;

  ModelStore(FakeTicker ticker) {
    this.ticker = ticker;
  }

  ModelSession opened(SessionKey key, String id) {
    ModelSession session = new ModelSession(key, id, ticker.read());
    open.put(id, session);
    opened++;
    return session;
  }

  /** The session that a call must find, or null where it must open. */
  @Nullable ModelSession served(SessionKey key) {
    ModelSession session = stored.get(key);
    return session == null || hasEnded(session) ? null : session;
  }

  boolean isKept(SessionKey key) {
    return stored.containsKey(key);
  }

  long count(Predicate<SessionKey> keys) {
    return stored.keySet().stream().filter(keys).count();
  }

  boolean isStored(ModelSession session) {
    return stored.get(session.key) == session;
  }

  void entered(SessionKey key, String id) {
    ModelSession session = known(id);
    check(session.key.equals(key), "entered under another key", session);
    check(stored.put(key, session) == null, "entered beside another", session);
    check(sizeOf(key) <= MAX_SIZE, "entered beyond the bound", session);
  }

  void left(SessionKey key, String id, RemovalCause cause) {
    ModelSession session = known(id);
    check(session.key.equals(key), "left under another key", session);
    check(isStored(session), "left twice", session);
    switch (cause) {
      case EXPIRED -> check(hasEnded(session), "expired early", session);
      case SURPLUS -> check(isSurplus(session), "is not the surplus", session);
      case LOST -> lose(session);
      default -> {}
    }
    stored.remove(key);
    session.left = cause;
  }

  /** No room is left, nothing has ended, and none was used longer ago, idle ones first. */
  private boolean isSurplus(ModelSession session) {
    Comparator<ModelSession> idleFirst = Comparator.comparing(each -> each.uses > 0);
    Comparator<ModelSession> order = idleFirst.thenComparing(each -> each.lastUsed);
    List<ModelSession> all =
        stored.values().stream()
            .filter(each -> each.key.name().equals(session.key.name()))
            .toList();
    return all.size() >= MAX_SIZE
        && all.stream().noneMatch(each -> hasEnded(each) || order.compare(each, session) < 0);
  }

  private boolean hasEnded(ModelSession session) {
    long now = ticker.read();
    return session.isPastTtl(now, TTL.toNanos()) || session.isIdleSince(now, IDLE.toNanos());
  }

  private long sizeOf(SessionKey key) {
    return stored.keySet().stream().filter(each -> each.name().equals(key.name())).count();
  }

  /** It was opened but never kept. */
  void unwanted(ModelSession session) {
    session.left = RemovalCause.UNWANTED;
  }

  /** The specialist has forgotten it; one that has left already is then not closed. */
  void lose(ModelSession session) {
    if (!session.lost) {
      session.lost = true;
      lost++;
      open.remove(session.id);
    }
  }

  /** The connector is asked to close; returns whether it shall fail. */
  void closing(SessionKey key, String id, boolean fails, int tries) {
    ModelSession session = known(id);
    check(session.key.equals(key), "closed under another key", session);
    check(session.left != null && session.uses == 0, "closed while it is of use", session);
    if (!fails) {
      open.remove(id);
      closed++;
    } else if (++session.failedCloses == tries) {
      open.remove(id);
      unclosed++;
    }
  }

  private ModelSession known(String id) {
    ModelSession session = open.get(id);
    if (session == null) {
      throw new AssertionError(id + " is lost or closed already, or was never opened");
    }
    return session;
  }

  /** Without traffic, what has ended leaves within two seconds. */
  void checkNothingLingers() {
    long before = ticker.read() - SOON;
    for (ModelSession session : stored.values()) {
      check(!session.isPastTtl(before, TTL.toNanos()), "lingers past its ttl", session);
      check(!session.isIdleSince(before, IDLE.toNanos()), "lingers idle", session);
    }
  }

  void checkLedger(SessionCounts counts) {
    long live = stored.size();
    SessionCounts expected =
        new SessionCounts(opened, live, open.size() - live, closed, lost, unclosed);
    if (!counts.equals(expected)) {
      throw new AssertionError("the ledger says " + counts + " instead of " + expected);
    }
  }

  private static void check(boolean holds, String what, ModelSession session) {
    if (!holds) {
      throw new AssertionError(session + " " + what);
    }
  }
}
