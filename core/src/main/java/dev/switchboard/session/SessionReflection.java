package dev.switchboard.session;

import java.lang.reflect.Method;
import java.lang.reflect.Parameter;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.ReflectionHints;
import org.springframework.aot.hint.annotation.SimpleReflectiveProcessor;

/** Lets a native image keep annotated methods, and what expressions read of their arguments. */
final class SessionReflection extends SimpleReflectiveProcessor {

  @Override
  protected void registerMethodHint(ReflectionHints hints, Method method) {
    super.registerMethodHint(hints, method);
    for (Parameter parameter : method.getParameters()) {
      if (isRead(parameter)) {
        new BindingReflectionHintsRegistrar()
            .registerReflectionHints(hints, parameter.getParameterizedType());
      }
    }
  }

  private static boolean isRead(Parameter parameter) {
    Tenant tenant = parameter.getAnnotation(Tenant.class);
    KeyPart part = parameter.getAnnotation(KeyPart.class);
    return (tenant != null && !tenant.value().isEmpty())
        || (part != null && !part.value().isEmpty());
  }
}
