package dev.switchboard;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.core.GenericTypeResolver;
import org.springframework.util.ClassUtils;

/**
 * How a method answers, and so when its invocation ends: as it returns, or later. Reactor's types
 * are known by name, as it need not be there. Used by this library.
 *
 * @since 0.1
 */
public enum ReturnKind {
  /** With what it returns; {@code void} as well. */
  VALUE,
  /** With what the future returned completes with. */
  FUTURE,
  /** With what the {@code Mono} returned emits, for each subscription anew. */
  MONO,
  /** When the {@code Flux} or {@code Publisher} returned completes, for each subscription anew. */
  FLUX;

  private static final boolean REACTOR =
      ClassUtils.isPresent("reactor.core.publisher.Flux", ReturnKind.class.getClassLoader());

  /**
   * Tells how a method answers.
   *
   * @param method the method
   * @param type the class it is called on, for type variables
   * @return its kind
   * @throws IllegalArgumentException if it answers later in a way that is not supported; the
   *     message is the rule that it breaks
   */
  public static ReturnKind of(Method method, Class<?> type) {
    for (Class<?> parameter : method.getParameterTypes()) {
      if (parameter.getName().equals("kotlin.coroutines.Continuation")) {
        throw refusal("suspend");
      }
    }
    Class<?> returned = GenericTypeResolver.resolveReturnType(method, type);
    String name = returned.getName();
    if (name.equals("reactor.core.publisher.Mono")) {
      return MONO;
    }
    if (name.equals("reactor.core.publisher.Flux")
        || (REACTOR && name.equals("org.reactivestreams.Publisher"))) {
      return FLUX;
    }
    boolean future =
        Future.class.isAssignableFrom(returned) || CompletionStage.class.isAssignableFrom(returned);
    if (future && returned.isAssignableFrom(CompletableFuture.class)) {
      return FUTURE;
    }
    if (future || isPublisher(returned)) {
      throw refusal(returned.getSimpleName());
    }
    return VALUE;
  }

  /**
   * Makes sure that a method's future can be followed.
   *
   * @param returned what the method returned
   * @param name the method in errors
   * @param <T> what the future completes with
   * @return the future
   * @throws IllegalStateException if it is none, or one whose end cannot be seen
   */
  @SuppressWarnings("unchecked") // the method's own type says so
  public static <T> CompletionStage<T> future(@Nullable Object returned, String name) {
    if (returned instanceof CompletionStage<?> stage) {
      return (CompletionStage<T>) stage;
    }
    throw new IllegalStateException(
        "%s returned %s where a CompletionStage is due, whose end can be seen"
            .formatted(name, returned == null ? "null" : returned.getClass().getSimpleName()));
  }

  private static IllegalArgumentException refusal(String type) {
    return new IllegalArgumentException(
        "the return type must be a value, CompletableFuture, CompletionStage, Future, Mono, Flux or"
            + " Publisher (with Reactor) but was "
            + type);
  }

  private static boolean isPublisher(@Nullable Class<?> type) {
    if (type == null) {
      return false;
    }
    if (Flow.Publisher.class.isAssignableFrom(type)
        || type.getName().equals("org.reactivestreams.Publisher")
        || type.getName().equals("kotlinx.coroutines.flow.Flow")
        || isPublisher(type.getSuperclass())) {
      return true;
    }
    for (Class<?> implemented : type.getInterfaces()) {
      if (isPublisher(implemented)) {
        return true;
      }
    }
    return false;
  }
}
