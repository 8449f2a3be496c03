package dev.switchboard;

import dev.switchboard.InvocationObserver.Event;
import dev.switchboard.InvocationObserver.Watch;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
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
      trace.tell(watch -> watch.specialist(name));
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
      trace.tell(watch -> watch.event(event));
    }
  }

  /**
   * Tells that this thread leaves the invocation before its end.
   *
   * @param trace who is told, or null for nobody
   */
  public static void leave(@Nullable Trace trace) {
    if (trace != null) {
      trace.tell(Watch::leave);
    }
  }

  /**
   * Tells that this thread goes on with the invocation.
   *
   * @param trace who is told, or null for nobody
   * @return to be closed by this thread when it leaves
   */
  public static Visit enter(@Nullable Trace trace) {
    if (trace != null) {
      try {
        Runnable leave = trace.watch.enter();
        return () -> trace.tell(watch -> leave.run());
      } catch (Throwable failure) {
        ignore(failure);
      }
    }
    return () -> {};
  }

  /** The time that a thread goes on with an invocation. */
  @FunctionalInterface
  public interface Visit {
    /** The thread leaves. */
    void close();
  }

  /**
   * Returns what Reactor's context is to carry.
   *
   * @param trace who is asked, or null for nobody
   * @return keys and values
   */
  public static Map<Object, Object> reactorContext(@Nullable Trace trace) {
    Map<Object, Object> values = new HashMap<>();
    if (trace != null) {
      trace.tell(watch -> values.putAll(watch.reactorContext()));
    }
    return values;
  }

  /**
   * Tells the end, once.
   *
   * @param trace who is told, or null for nobody
   * @param failure what reaches the caller, or null
   */
  public static void end(@Nullable Trace trace, @Nullable Throwable failure) {
    if (trace != null) {
      trace.tell(watch -> watch.end(failure));
    }
  }

  private void tell(Consumer<Watch> event) {
    try {
      event.accept(watch);
    } catch (Throwable failure) {
      ignore(failure);
    }
  }

  private static void ignore(Throwable failure) {
    log.debug("An observer of invocations failed, which changes nothing else", failure);
  }
}
