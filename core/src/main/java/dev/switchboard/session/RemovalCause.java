package dev.switchboard.session;

/**
 * Why a session has left its store, or never entered it.
 *
 * @since 0.1
 */
public enum RemovalCause {
  /** The specialist no longer knows it; it is not closed. */
  LOST,
  /** Its {@code ttl} or {@code idleTimeout} has ended. */
  EXPIRED,
  /** It was the least recently used of more than {@code maxSize}. */
  SURPLUS,
  /** The application evicted it, alone or with its tenant. */
  EVICTED,
  /** Its specialist answered within another conversation, which took its place. */
  REPLACED,
  /** Its opening was abandoned, voided or overtaken, so that it was never stored. */
  UNWANTED,
  /** The application stops. */
  SHUTDOWN
}
