package dev.switchboard;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a thread works for now: the retried call, its session, the open scope. All of it is one
 * thread-local array, so that a call looks the thread up once, and that another thread, or a
 * subscriber, can be given all of it at once. Never inherited by a new thread.
 *
 * <p>Used by this library; applications use {@link PropagatingTaskDecorator}, or Micrometer's
 * context propagation. An instance is a copy, immutable and safe for use by several threads.
 *
 * @since 0.1
 */
public final class ThreadBindings {

  /** Names a copy in Reactor's context, and the accessor in Micrometer's registry. */
  public static final String KEY = "dev.switchboard.bindings";

  private static final int SLOTS = 4;

  // An array, not a class of ours: what stays with a thread must not keep our class loader.
  private static final ThreadLocal<@Nullable Object[]> THREAD =
      ThreadLocal.withInitial(() -> new @Nullable Object[SLOTS]);

  private static final ThreadBindings NONE = new ThreadBindings(new @Nullable Object[SLOTS]);

  private final @Nullable Object[] bound;

  private ThreadBindings(@Nullable Object[] bound) {
    this.bound = bound;
  }

  /**
   * Copies what this thread works for.
   *
   * @return the copy
   */
  public static ThreadBindings capture() {
    @Nullable Object[] bound = THREAD.get();
    for (Object value : bound) {
      if (value != null) {
        return new ThreadBindings(bound.clone());
      }
    }
    return NONE;
  }

  /**
   * Looks up what this thread works for, once for several slots. An array, as a call would
   * otherwise make an object for it.
   *
   * @return the thread's own, by slot, to be given to {@link Slot} only, and not kept
   */
  public static @Nullable Object[] thread() {
    return THREAD.get();
  }

  /**
   * Returns what a subscriber works for: what Reactor's context carries, or else this thread's.
   *
   * @param context looks up a key there, or returns the default
   * @return what is worked for
   */
  public static ThreadBindings in(BinaryOperator<@Nullable Object> context) {
    return context.apply(KEY, null) instanceof ThreadBindings carried ? carried : capture();
  }

  /**
   * Lets this thread work for what has been copied, and for nothing else.
   *
   * @return what it worked for before, to be bound again afterwards
   */
  public ThreadBindings bind() {
    ThreadBindings before = capture();
    System.arraycopy(bound, 0, THREAD.get(), 0, SLOTS);
    return before;
  }

  /**
   * Tells whether there is anything to bind.
   *
   * @return true where the thread worked for nothing
   */
  public boolean isEmpty() {
    return Arrays.stream(bound).noneMatch(value -> value != null);
  }

  /** Stops working for anything. */
  public static void clear() {
    NONE.bind();
  }

  /**
   * One of the things that a thread works for.
   *
   * @param <T> its type
   * @since 0.1
   */
  public static final class Slot<T> {

    private static final AtomicInteger TAKEN = new AtomicInteger();

    private final int index = TAKEN.getAndIncrement();

    /** Takes one of the few slots there are; made once by who uses it. */
    public Slot() {}

    /**
     * Returns what this thread works for.
     *
     * @return the innermost, or null
     */
    public @Nullable T get() {
      return get(thread());
    }

    /**
     * Returns what a thread works for.
     *
     * @param thread the thread's own
     * @return the innermost, or null
     */
    @SuppressWarnings("unchecked") // only bind puts something there
    public @Nullable T get(@Nullable Object[] thread) {
      return (T) thread[index];
    }

    /**
     * Returns what is in a copy.
     *
     * @param bindings the copy
     * @return the innermost, or null
     */
    @SuppressWarnings("unchecked") // as above
    public @Nullable T in(ThreadBindings bindings) {
      return (T) bindings.bound[index];
    }

    /**
     * Copies {@code bindings} with something else in this slot.
     *
     * @param bindings what a thread worked for
     * @param value what is worked for now
     * @return the copy
     */
    public ThreadBindings with(ThreadBindings bindings, T value) {
      @Nullable Object[] bound = bindings.bound.clone();
      bound[index] = value;
      return new ThreadBindings(bound);
    }

    /**
     * Lets this thread work for something, or for nothing any more.
     *
     * @param value what
     * @return what it worked for before, to be bound again afterwards
     */
    public @Nullable T bind(@Nullable T value) {
      return bind(thread(), value);
    }

    /**
     * Lets a thread work for something, or for nothing any more.
     *
     * @param thread the thread's own
     * @param value what
     * @return what it worked for before, to be bound again afterwards
     */
    @SuppressWarnings("unchecked") // as above
    public @Nullable T bind(@Nullable Object[] thread, @Nullable T value) {
      T before = (T) thread[index];
      thread[index] = value;
      return before;
    }
  }
}
