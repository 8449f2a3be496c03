package dev.switchboard.session;

import java.lang.reflect.Method;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.springframework.util.ClassUtils;

/** Recognizes methods that return before their work is done. */
final class AsynchronousType {

  private AsynchronousType() {}

  /** Returns the name of the type that makes the method asynchronous, or null. */
  static @Nullable String of(Method method) {
    Class<?> type = method.getReturnType();
    if (Future.class.isAssignableFrom(type)
        || CompletionStage.class.isAssignableFrom(type)
        || java.util.concurrent.Flow.Publisher.class.isAssignableFrom(type)
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

  private static boolean isPublisher(Class<?> type) {
    return type.getName().equals("org.reactivestreams.Publisher")
        || ClassUtils.getAllInterfacesForClassAsSet(type).stream()
            .anyMatch(each -> each.getName().equals("org.reactivestreams.Publisher"))
        || type.getName().equals("kotlinx.coroutines.flow.Flow");
  }
}
