package dev.switchboard;

import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.InvocationObserver.Watch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What watches one invocation, kept from failing it: whatever the observer throws is logged at
 * debug and ignored. Used by this library; applications implement {@link InvocationObserver}.
 *
 * @since 0.1
 */
public final class Trace {

  private static final Logger log = LoggerFactory.getLogger(Trace.class);

  private final Watch watch;

  private Trace(Watch watch) {
    this.watch = watch;
  }

  /**
   * Starts to watch an invocation.
   *
   * @param observer who watches, or null for nobody
   * @param operation the operation's name, or null
   * @param specialist the specialist's name, or null where it is not known yet
   * @return the trace, or null where nobody watches
   */
  public static @Nullable Trace start(
      @Nullable InvocationObserver observer,
      @Nullable String operation,
      @Nullable String specialist) {
    if (observer == null) {
      return null;
    }
    try {
      Watch watch = observer.start(operation, specialist);
      return watch == null ? null : new Trace(watch);
    } catch (Throwable failure) {
      ignore(failure);
      return null;
    }
  }

  /**
   * Tells whom the invocation calls.
   *
   * @param trace who is told, or null for nobody
   * @param name the specialist's name
   */
  public static void specialist(@Nullable Trace trace, String name) {
    if (trace != null) {
      try {
        trace.watch.specialist(name);
      } catch (Throwable failure) {
        ignore(failure);
      }
    }
  }

  /**
   * Tells what happens.
   *
   * @param trace who is told, or null for nobody
   * @param event what
   */
  public static void event(@Nullable Trace trace, Event event) {
    if (trace != null) {
      try {
        trace.watch.event(event);
      } catch (Throwable failure) {
        ignore(failure);
      }
    }
  }

  /**
   * Tells the end, once.
   *
   * @param trace who is told, or null for nobody
   * @param failure what reaches the caller, or null
   */
  public static void end(@Nullable Trace trace, @Nullable Throwable failure) {
    if (trace != null) {
      try {
        trace.watch.end(failure);
      } catch (Throwable ignored) {
        ignore(ignored);
      }
    }
  }

  private static void ignore(Throwable failure) {
    log.debug("An observer of invocations failed, which changes nothing else", failure);
  }
}
