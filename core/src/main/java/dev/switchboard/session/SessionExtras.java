package dev.switchboard.session;

import dev.switchboard.Trace;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What few calls need besides their session: something that watches, an id to learn, nested calls
 * on the same key, failures that these have judged. Made when it is needed, as most calls of an
 * agent find a session and use it.
 */
final class SessionExtras {

  /** What all that have ended without any share; nothing else of it is read or written. */
  static final SessionExtras ENDED = new SessionExtras(null);

  static {
    ENDED.end();
  }

  private final @Nullable Trace trace;
  private final ReentrantLock exchange = new ReentrantLock();
  private @Nullable Lock reopening;
  private @Nullable Flight learning;
  private @Nullable JudgedFailures judged;
  private ExclusiveTurns.@Nullable Turn turn;
  private int joined;
  private boolean over;
  private volatile boolean ended;

  SessionExtras(@Nullable Trace trace) {
    this.trace = trace;
  }

  @Nullable Trace trace() {
    return trace;
  }

  boolean isEnded() {
    return ended;
  }

  void end() {
    ended = true;
  }

  /** Held while the session is exchanged for another. */
  ReentrantLock exchange() {
    return exchange;
  }

  /** Held while another is opened in place of a lost session. */
  synchronized Lock reopening() {
    if (reopening == null) {
      reopening = new ReentrantLock();
    }
    return reopening;
  }

  synchronized void learn(Flight flight) {
    learning = flight;
  }

  synchronized boolean isLearning() {
    return learning != null;
  }

  synchronized @Nullable Flight takeLearning() {
    Flight flight = learning;
    learning = null;
    return flight;
  }

  synchronized void has(ExclusiveTurns.Turn taken) {
    turn = taken;
  }

  /** The turn for a nested call to leave, too, or null. */
  synchronized ExclusiveTurns.@Nullable Turn shareTurn() {
    return turn != null && turn.share() ? turn : null;
  }

  /** Counts a nested call, unless the owner and all that had joined are over. */
  synchronized boolean join(HeldSession owner) {
    boolean open = !owner.isEnded() || joined > 0;
    joined += open ? 1 : 0;
    return open;
  }

  /** A nested call is over; true where it was the last, the owner's among them. */
  synchronized boolean leave() {
    return --joined == 0 && over;
  }

  /** The owner's call is over; true where it was the last. */
  synchronized boolean isLast() {
    over = true;
    return joined == 0;
  }

  synchronized void judged(Throwable failure) {
    if (judged == null) {
      judged = new JudgedFailures();
    }
    judged.add(failure);
  }

  synchronized boolean hasJudged(Throwable failure) {
    return judged != null && judged.contains(failure);
  }
}
