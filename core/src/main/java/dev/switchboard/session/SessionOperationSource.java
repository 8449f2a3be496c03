package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodClassKey;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Finds a method's operation. Every class is read and judged once, and remembered. */
final class SessionOperationSource {

  private final ConcurrentMap<Class<?>, Map<Method, SessionOperation>> classes =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<MethodClassKey, Optional<SessionOperation>> calls =
      new ConcurrentHashMap<>();
  private final UnaryOperator<String> placeholders;

  /**
   * Creates a source.
   *
   * @param placeholders replaces <code>${...}</code>; throws where it cannot
   */
  SessionOperationSource(UnaryOperator<String> placeholders) {
    this.placeholders = placeholders;
  }

  /** Returns the operation of a method as it is called on a class, or null. */
  @Nullable SessionOperation find(Method method, Class<?> type) {
    MethodClassKey key = new MethodClassKey(method, type);
    Optional<SessionOperation> known = calls.get(key);
    if (known == null) {
      Map<Method, SessionOperation> operations = operations(type);
      Method declared = BridgeMethodResolver.getMostSpecificMethod(method, type);
      SessionOperation found = operations.get(declared);
      // A bean that is a JDK proxy itself has its operations on the methods of its interfaces.
      known = Optional.ofNullable(found != null ? found : operations.get(method));
      calls.put(key, known);
    }
    return known.orElse(null);
  }

  /**
   * Returns the operations of a class.
   *
   * @throws InvalidDeclarationException for the first that is written wrong
   */
  Map<Method, SessionOperation> operations(Class<?> type) {
    Class<?> userClass = ClassUtils.getUserClass(type);
    if (!AnnotationUtils.isCandidateClass(userClass, SpecialistSession.class)) {
      return Map.of();
    }
    Map<Method, SessionOperation> known = classes.get(userClass);
    if (known == null) {
      known =
          Map.copyOf(
              MethodIntrospector.selectMethods(
                  userClass,
                  (MethodIntrospector.MetadataLookup<SessionOperation>)
                      method -> parse(method, userClass)));
      classes.put(userClass, known);
    }
    return known;
  }

  private @Nullable SessionOperation parse(Method method, Class<?> type) {
    SpecialistSession annotation =
        AnnotatedElementUtils.findMergedAnnotation(method, SpecialistSession.class);
    if (annotation == null) {
      return null;
    }
    Class<?> named = Proxy.isProxyClass(type) ? method.getDeclaringClass() : type;
    String place = "@SpecialistSession on %s.%s".formatted(named.getSimpleName(), method.getName());
    checkMethod(place, method);
    List<ArgumentExpression> tenants = new ArrayList<>();
    List<ArgumentExpression> parts = new ArrayList<>();
    for (MethodParameter parameter : new AnnotatedMethod(method).getMethodParameters()) {
      Tenant tenant = parameter.getParameterAnnotation(Tenant.class);
      if (tenant != null) {
        tenants.add(expression(place, "@Tenant", "tenant", parameter, tenant.value()));
      }
      KeyPart part = parameter.getParameterAnnotation(KeyPart.class);
      if (part != null) {
        parts.add(expression(place, "@KeyPart", "key part", parameter, part.value()));
      }
    }
    if (tenants.size() > 1) {
      throw new InvalidDeclarationException(
          "%s: @Tenant must stand once but stands %d times".formatted(place, tenants.size()),
          "Keep @Tenant on one parameter and mark the others @KeyPart.");
    }
    return new SessionOperation(
        method,
        place,
        specialist(place, annotation),
        stated(place, annotation),
        new SessionPolicy(annotation.exclusive(), List.of(annotation.lostOn())),
        tenants.isEmpty() ? null : tenants.get(0),
        List.copyOf(parts));
  }

  private static void checkMethod(String place, Method method) {
    int modifiers = method.getModifiers();
    for (int modifier : new int[] {Modifier.PRIVATE, Modifier.STATIC, Modifier.FINAL}) {
      if ((modifiers & modifier) != 0) {
        throw new InvalidDeclarationException(
            "%s: the method must not be %s, since a proxy cannot override it"
                .formatted(place, Modifier.toString(modifier)),
            "Remove the modifier, or move the method to a bean of its own.");
      }
    }
    String type = AsynchronousType.of(method);
    if (type != null) {
      throw new InvalidDeclarationException(
          "%s: the return type must not be asynchronous but was %s".formatted(place, type),
          "Return the value itself; futures, publishers and coroutines are not supported yet.");
    }
  }

  private static ArgumentExpression expression(
      String place, String annotation, String what, MethodParameter parameter, String text) {
    try {
      return ArgumentExpression.parse(
          what, parameter.getParameterIndex(), parameter.getParameterType(), text);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s: %s on parameter %d %s"
              .formatted(place, annotation, parameter.getParameterIndex(), e.getMessage()),
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
      return SpecialistName.of(text);
    } catch (IllegalArgumentException e) {
      throw new InvalidDeclarationException(
          "%s: specialist must match [a-z0-9-]+ but was %s".formatted(place, text),
          "Use lower-case letters, digits and dashes.");
    }
  }

  private SpecialistSettings stated(String place, SpecialistSession annotation) {
    int maxSize = annotation.maxSize();
    if (maxSize < 1 && maxSize != SpecialistSession.UNSET) {
      throw new InvalidDeclarationException(
          "%s: maxSize must be at least 1 but was %d".formatted(place, maxSize),
          "Write how many sessions to keep, or leave it out for the default.");
    }
    return new SpecialistSettings(
        duration(place, "ttl", annotation.ttl()),
        duration(place, "idleTimeout", annotation.idleTimeout()),
        maxSize == SpecialistSession.UNSET ? null : maxSize);
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
