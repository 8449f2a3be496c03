package dev.switchboard;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Watches invocations from start to end, as a trace does; {@code InvocationObservations} does with
 * Micrometer. There is one observation for each call of a method, whether it has a session, retries
 * or both.
 *
 * <p>Called on the caller's thread, or on the one that goes on with a call that answers later; must
 * return at once. What it throws is logged and changes nothing. It is never told a tenant or an id.
 *
 * @since 0.1
 */
@FunctionalInterface
public interface InvocationObserver {

  /** What happens within an invocation. */
  enum Event {
    /** It begins to open a session. */
    OPEN,
    /** It begins to wait for the session that another opens. */
    JOINED,
    /** Its session is lost and will be replaced. */
    REOPEN,
    /** It begins an attempt, the first included. */
    ATTEMPT,
    /** It begins to wait, for its next attempt or for exclusive use of its session. */
    WAIT
  }

  /** One invocation. */
  interface Watch {

    /**
     * Tells whom the invocation calls, where that was not known at its start.
     *
     * @param name the specialist's name
     */
    void specialist(String name);

    /**
     * Tells what happens.
     *
     * @param event what
     */
    void event(Event event);

    /**
     * The thread goes on with something else while the invocation, whose method answers later, is
     * not over. Told at once after the start of such an invocation.
     */
    default void leave() {}

    /**
     * A thread, not always the one of the start, goes on with the invocation, which has been left;
     * several may at once.
     *
     * @return run by the same thread when it leaves
     */
    default Runnable enter() {
      return () -> {};
    }

    /**
     * Returns what Reactor's context is to carry while a publisher is subscribed.
     *
     * @return keys and values, none by default
     */
    default Map<Object, Object> reactorContext() {
      return Map.of();
    }

    /**
     * Tells the end, once and last: on the thread of the start, or, where that has left, on any.
     *
     * @param failure what reaches the caller, or null for a success
     */
    void end(@Nullable Throwable failure);
  }

  /**
   * An invocation begins.
   *
   * @param operation the method as {@code Class.method}, or the operation's name; null where there
   *     is none
   * @param specialist the specialist's name, or null where it is not known yet
   * @return what watches it, or null for nothing
   */
  @Nullable Watch start(@Nullable String operation, @Nullable String specialist);
}
