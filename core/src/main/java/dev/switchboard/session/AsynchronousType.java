package dev.switchboard.session;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Recognizes methods that return before their work is done. */
final class AsynchronousType {

  private AsynchronousType() {}

  /** Returns the name of the type that makes the method asynchronous, or null. */
  static @Nullable String of(Method method) {
    Class<?> type = method.getReturnType();
    if (Future.class.isAssignableFrom(type)
        || CompletionStage.class.isAssignableFrom(type)
        || Flow.Publisher.class.isAssignableFrom(type)
        || isPublisher(type)) {
      return type.getSimpleName();
    }
    for (Class<?> parameter : method.getParameterTypes()) {
      if (parameter.getName().equals("kotlin.coroutines.Continuation")) {
        return "suspend";
      }
    }
    return null;
  }

  /** Known by its name, as Reactive Streams need not be there. */
  private static boolean isPublisher(@Nullable Class<?> type) {
    return type != null
        && (type.getName().equals("org.reactivestreams.Publisher")
            || type.getName().equals("kotlinx.coroutines.flow.Flow")
            || isPublisher(type.getSuperclass())
            || Arrays.stream(type.getInterfaces()).anyMatch(AsynchronousType::isPublisher));
  }
}
