package dev.switchboard;

import org.jspecify.annotations.Nullable;

/**
 * Marks what a thread does within a specialist's connector: it opens a session, or asks after one.
 * The requests that are made for it are the connector's, not those of the calls around it, so they
 * carry neither their idempotency key nor their session's id. Calls made within it have their own.
 *
 * <p>Used by this library.
 *
 * @since 0.1
 */
public final class ConnectorWork {

  private static final ThreadBindings.Slot<ThreadBindings> AROUND = new ThreadBindings.Slot<>();

  private ConnectorWork() {}

  /**
   * Begins on this thread.
   *
   * @return what to {@link #end} with
   */
  public static @Nullable ThreadBindings begin() {
    return AROUND.bind(ThreadBindings.capture());
  }

  /**
   * Ends on this thread.
   *
   * @param before what {@link #begin} has returned
   */
  public static void end(@Nullable ThreadBindings before) {
    AROUND.bind(before);
  }

  /**
   * Returns what this thread worked for when the innermost connector was called.
   *
   * @return the calls around the connector, or null outside of one
   */
  public static @Nullable ThreadBindings around() {
    return AROUND.get();
  }
}
