package dev.switchboard;

import java.lang.reflect.Method;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Remembers what is said about the methods that are called, by identity: a proxy passes the same
 * {@link Method} each time, and to hash and compare it by its names costs more than the rest of the
 * look-up. Of methods that fall together one is remembered. Used by this library; safe for use by
 * any number of threads, without a lock.
 *
 * @param <T> what is said about a method
 * @since 0.1
 */
public final class MethodCache<T> {

  private static final int SIZE = 512;

  /** Immutable, so that a race at worst finds nothing. */
  private record Entry<T>(Method method, Class<?> type, @Nullable T found) {}

  @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
  private final @Nullable Entry<T>[] entries = new Entry[SIZE];

  private final BiFunction<Method, Class<?>, @Nullable T> source;

  /**
   * Creates an empty cache.
   *
   * @param source tells what is said about a method when called on a type, or null for nothing
   */
  public MethodCache(BiFunction<Method, Class<?>, @Nullable T> source) {
    this.source = source;
  }

  /**
   * Tells what is said about a method, or about the one it implements, when called on a type.
   *
   * @param method the method called
   * @param type what it is called on
   * @return what the source says
   */
  @SuppressWarnings("ReferenceEquality") // as said above
  public @Nullable T find(Method method, Class<?> type) {
    int index = System.identityHashCode(method) & (SIZE - 1);
    Entry<T> entry = entries[index];
    if (entry != null && entry.method == method && entry.type == type) {
      return entry.found;
    }
    T found = source.apply(method, type);
    entries[index] = new Entry<>(method, type, found);
    return found;
  }
}
