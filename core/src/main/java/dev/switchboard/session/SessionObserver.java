package dev.switchboard.session;

import java.util.function.Supplier;

/**
 * Is told what happens to sessions, to count it; {@code SessionMeters} does with Micrometer. In
 * Spring the bean of this type is used.
 *
 * <p>Called on the threads of callers and closes, by any number at once; must return at once and
 * call nothing back. What it throws is logged and changes nothing. It is never told a tenant or an
 * id.
 *
 * @since 0.1
 */
public interface SessionObserver {

  /** How a call came to its session. */
  enum Acquisition {
    /** It was kept. */
    HIT,
    /** Another call was opening it. */
    JOINED,
    /** This call opened it, or leaves its opening to the first reply. */
    OPENED,
    /** It did not: neither its own nor another's opening brought one. */
    FAILED
  }

  /** What a connector's {@code open} came to. */
  enum Opening {
    /** An id. */
    OPENED,
    /** Nothing yet, as the first reply will name the id. */
    LEARNING,
    /** An id too late, after the time-out or an eviction, so that it is closed. */
    UNWANTED,
    /** A failure. */
    FAILED
  }

  /**
   * A specialist is known, at startup or at its first call; told once, before all else.
   *
   * @param specialist the specialist's name
   * @param limits bound and expiry of its sessions
   * @param counts looks at its ledger
   */
  default void settled(String specialist, SessionLimits limits, Supplier<SessionCounts> counts) {}

  /**
   * A call has come to its session, or not.
   *
   * @param specialist the specialist's name
   * @param outcome how
   */
  default void acquired(String specialist, Acquisition outcome) {}

  /**
   * A connector's {@code open} has ended.
   *
   * @param specialist the specialist's name
   * @param outcome what it came to
   * @param nanos how long it ran
   */
  default void opened(String specialist, Opening outcome, long nanos) {}

  /**
   * An exclusive call's wait has ended.
   *
   * @param specialist the specialist's name
   * @param served whether its turn has come, and not its time run out
   * @param nanos how long it waited
   */
  default void waited(String specialist, boolean served, long nanos) {}

  /**
   * A session has been closed at its specialist.
   *
   * @param specialist the specialist's name
   * @param cause why it had left
   */
  default void closed(String specialist, RemovalCause cause) {}
}
