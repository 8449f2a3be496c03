package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/**
 * What a call that answers later has: a place in the queue, and its session or a share of
 * another's. The call may be ended at any time, from any thread; what it has is given back once,
 * and neither within a step, whose outcome it would miss, nor while its body runs.
 */
final class LateHold {

  private final LateCalls calls;
  private final SessionContext context;

  private ExclusiveTurns.@Nullable Turn turn;
  private boolean joined;
  private boolean acquired;
  private boolean busy;

  /** Which of the runs of the body goes on, from 1; 0 for none. */
  private int running;

  private int runs;
  private boolean ended;

  /**
   * Creates what a call has before its first step.
   *
   * @param turn that it shares with the call around it, or null
   */
  LateHold(LateCalls calls, SessionContext context, ExclusiveTurns.@Nullable Turn turn) {
    this.calls = calls;
    this.context = context;
    this.turn = turn;
    this.joined = context.owner() != context;
  }

  /**
   * Takes a place in the queue, which {@link #giveBackIfEnded} leaves; null where the call has
   * ended.
   */
  synchronized ExclusiveTurns.@Nullable Turn takeTurn() {
    if (ended) {
      return null;
    }
    ExclusiveTurns.Turn taken = calls.takeTurn(context.key());
    context.has(taken);
    turn = taken;
    return taken;
  }

  /** The call has a session of its own, or a flight to end. */
  synchronized void acquired() {
    acquired = true;
  }

  /** A step begins, within which the call keeps what it has. False where it has ended. */
  synchronized boolean beginStep() {
    busy = !ended;
    return busy;
  }

  void endStep() {
    synchronized (this) {
      busy = false;
    }
    giveBackIfEnded();
  }

  /** The body is about to run on this thread. Numbers its run, or 0 where the call has ended. */
  synchronized int enterBody() {
    running = ended ? 0 : ++runs;
    return running;
  }

  /** The body has returned, and what it answers with hears of a cancellation from now on. */
  void exitBody(int run) {
    synchronized (this) {
      // A publisher may have answered, and the body run again, before it was all subscribed.
      running = running == run ? 0 : running;
    }
    giveBackIfEnded();
  }

  /**
   * Ends the call; what it has is still to be given back.
   *
   * @param bodyMayRun whether the body may be running on another thread
   * @return false where it has been ended before
   */
  synchronized boolean end(boolean bodyMayRun) {
    running = bodyMayRun ? running : 0;
    boolean first = !ended;
    ended = true;
    return first;
  }

  /** Gives back what the call has, once, and neither within a step nor within the body. */
  void giveBackIfEnded() {
    boolean mine;
    boolean shared;
    ExclusiveTurns.Turn taken;
    synchronized (this) {
      if (!ended || busy || running != 0) {
        return;
      }
      taken = turn;
      turn = null;
      mine = acquired;
      acquired = false;
      shared = joined;
      joined = false;
    }
    try {
      if (mine) {
        calls.end(context);
      }
      if (shared) {
        calls.leave(context);
      }
    } finally {
      if (taken != null) {
        taken.leave();
        taken.cancel(false);
      }
    }
  }
}
