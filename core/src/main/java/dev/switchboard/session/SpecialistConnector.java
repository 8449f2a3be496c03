package dev.switchboard.session;

import org.jspecify.annotations.Nullable;

/**
 * Opens and closes conversations at one specialist. Applications implement it; {@code open} alone
 * is enough, so that a lambda will do.
 *
 * <p>An id comes from the specialist ({@code open} asks for one), from us ({@code open} mints one),
 * or is learned ({@code open} returns null, the first reply names it and the method hands it to
 * {@link SessionContext#bind}).
 *
 * <p>Called by several threads at once, for one key by one thread at a time. Every call must be
 * bounded by time-outs of its own. Messages of exceptions must name neither tenants nor ids.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface SpecialistConnector {

  /**
   * Opens a conversation. Called on the thread of the first caller that needs it, never while the
   * store holds a lock.
   *
   * @param key whose conversation
   * @return its id, at most 4 KiB of UTF-8 without control characters, or null where the first
   *     reply will name it
   * @throws Exception any failure; every caller that waits for this opening gets it as the cause of
   *     a {@link SessionOpenException}, and it is not kept
   */
  @Nullable String open(SessionKey key) throws Exception;

  /**
   * Closes a conversation that has left the store, after its last use and off the callers' threads.
   * An id the specialist does not know is not an error. Does nothing by default.
   *
   * @param key whose conversation it was
   * @param id its id
   * @throws Exception any failure; it is tried again, then counted as unclosed
   */
  default void close(SessionKey key, String id) throws Exception {}

  /**
   * Tells whether {@code failure}, thrown by a method that used the session, means that the
   * specialist no longer knows it. Answers false by default, and an exception thrown here counts as
   * that; an {@code Error} reaches the caller, with {@code failure} suppressed.
   *
   * @param key whose conversation
   * @param id the id that the failed invocation used
   * @param failure what the method threw
   * @return whether the session is lost
   */
  default boolean isLost(SessionKey key, String id, Throwable failure) {
    return false;
  }
}
