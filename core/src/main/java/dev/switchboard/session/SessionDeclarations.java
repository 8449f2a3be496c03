package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import dev.switchboard.Weaving;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.util.StringUtils;

/** Reads and judges what annotated methods say. */
final class SessionDeclarations {

  private final ConcurrentMap<String, SpecialistName> names = new ConcurrentHashMap<>();
  private final UnaryOperator<String> placeholders;
  private final boolean weaving;

  /**
   * Creates a reader.
   *
   * @param placeholders replaces <code>${...}</code>; throws where it cannot
   * @param weaving whether the weaver advises what it reaches
   */
  SessionDeclarations(UnaryOperator<String> placeholders, boolean weaving) {
    this.placeholders = placeholders;
    this.weaving = weaving;
  }

  /**
   * Reads what a method says, called on {@code type}; null where it says nothing.
   *
   * @throws InvalidDeclarationException if it is written wrong
   */
  @Nullable SessionOperation read(Method method, Class<?> type) {
    SpecialistSession annotation =
        AnnotatedElementUtils.findMergedAnnotation(method, SpecialistSession.class);
    if (annotation == null) {
      return null;
    }
    Class<?> named = Proxy.isProxyClass(type) ? method.getDeclaringClass() : type;
    String name = named.getSimpleName() + "." + method.getName();
    String place = SessionOperation.place(name);
    boolean woven = weaving && Weaving.reaches(method, SpecialistSession.class);
    if (woven) {
      Weaving.require(place, method);
    } else {
      checkOverridable(place, method, type);
    }
    ReturnKind kind = returnKind(place, method, type);
    List<ArgumentExpression> tenants = new ArrayList<>();
    List<ArgumentExpression> parts = new ArrayList<>();
    for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
      Tenant tenant = parameter.getParameterAnnotation(Tenant.class);
      if (tenant != null) {
        tenants.add(expression(place, "@Tenant", "tenant", parameter, tenant.value()));
      }
      KeyPart part = parameter.getParameterAnnotation(KeyPart.class);
      if (part != null) {
        String what = "key part on parameter " + (parameter.getParameterIndex() + 1);
        parts.add(expression(place, "@KeyPart", what, parameter, part.value()));
      }
    }
    if (tenants.size() > 1) {
      throw new InvalidDeclarationException(
          "%s: @Tenant must stand once but stands %d times".formatted(place, tenants.size()),
          "Keep @Tenant on one parameter and mark the others @KeyPart.");
    }
    return new SessionOperation(
        method,
        name,
        kind,
        specialist(place, annotation),
        stated(place, annotation),
        policy(annotation),
        tenants.isEmpty() ? null : tenants.get(0),
        List.copyOf(parts),
        new ProxiedMethod(method, SessionInterceptor.WOVEN),
        woven);
  }

  private static void checkOverridable(String place, Method method, Class<?> type) {
    String obstacle = ProxiedMethod.obstacle(method, type);
    if (obstacle != null) {
      throw new InvalidDeclarationException(
          "%s: the method must not be %s, since a proxy cannot override it"
              .formatted(place, obstacle),
          "Change the modifier, or move the method to a bean of its own.");
    }
  }

  private static ReturnKind returnKind(String place, Method method, Class<?> type) {
    try {
      return ReturnKind.of(method, type);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          place + ": " + e.getMessage(),
          "Return one of these, or move the annotation to the method that waits for the result.");
    }
  }

  private static ArgumentExpression expression(
      String place, String annotation, String what, MethodParameter parameter, String text) {
    try {
      return ArgumentExpression.parse(
          what,
          parameter.getParameterIndex(),
          parameter.getParameterType(),
          text,
          parameter.getDeclaringClass().getClassLoader());
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s: %s on parameter %d %s"
              .formatted(place, annotation, parameter.getParameterIndex() + 1, e.getMessage()),
          "Write a path such as \"tenant.id\" or \"state['tenantId']\".");
    }
  }

  private SpecialistName specialist(String place, SpecialistSession annotation) {
    String text = resolve(place, "specialist", annotation.specialist());
    if (!StringUtils.hasText(text)) {
      throw new InvalidDeclarationException(
          place + ": specialist must be named but was empty",
          "Write the specialist's name, as in @SpecialistSession(\"marketing\").");
    }
    try {
      return names.computeIfAbsent(text, SpecialistName::of);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s: specialist must match [a-z0-9-]+ but was %s".formatted(place, text),
          "Use lower-case letters, digits and dashes.");
    }
  }

  /** What most say is there once. */
  private static SessionPolicy policy(SpecialistSession annotation) {
    SessionPolicy stated = new SessionPolicy(annotation.exclusive(), List.of(annotation.lostOn()));
    return stated.equals(SessionPolicy.DEFAULT) ? SessionPolicy.DEFAULT : stated;
  }

  private SpecialistSettings stated(String place, SpecialistSession annotation) {
    int maxSize = annotation.maxSize();
    if (maxSize < 1 && maxSize != SpecialistSession.UNSET) {
      throw new InvalidDeclarationException(
          "%s: maxSize must be at least 1 but was %d".formatted(place, maxSize),
          "Write how many sessions to keep, or leave it out for the default.");
    }
    SpecialistSettings stated =
        new SpecialistSettings(
            duration(place, "ttl", annotation.ttl()),
            duration(place, "idleTimeout", annotation.idleTimeout()),
            maxSize == SpecialistSession.UNSET ? null : maxSize);
    return stated.equals(SpecialistSettings.NONE) ? SpecialistSettings.NONE : stated;
  }

  private @Nullable Duration duration(String place, String attribute, String text) {
    String value = resolve(place, attribute, text);
    if (value.isEmpty()) {
      return null;
    }
    try {
      return Durations.parse(attribute, value);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          place + ": " + e.getMessage(), "Write a positive duration such as \"30m\" or \"PT8H\".");
    }
  }

  private String resolve(String place, String attribute, String text) {
    try {
      return placeholders.apply(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s: %s must have placeholders that can be resolved but was %s"
              .formatted(place, attribute, text),
          "Define the property, or give a default as in ${name:30m}.");
    }
  }
}
