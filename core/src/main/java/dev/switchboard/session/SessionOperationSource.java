package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import dev.switchboard.Weaving;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotatedMethod;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;
import org.springframework.util.StringUtils;

/** Finds a method's operation. Every class is read and judged once, and remembered. */
final class SessionOperationSource {

  private final ConcurrentMap<Class<?>, Map<Method, SessionOperation>> types =
      new ConcurrentHashMap<>();
  private final ConcurrentMap<String, SpecialistName> names = new ConcurrentHashMap<>();
  private final UnaryOperator<String> placeholders;
  private final boolean weaving;
  private volatile Consumer<SessionOperation> later = operation -> {};

  /**
   * Creates a source.
   *
   * @param placeholders replaces <code>${...}</code>; throws where it cannot
   * @param weaving whether the weaver advises what it reaches
   */
  SessionOperationSource(UnaryOperator<String> placeholders, boolean weaving) {
    this.placeholders = placeholders;
    this.weaving = weaving;
  }

  /** Lets operations of classes that are read from now on be judged before they are used. */
  void whenReadLater(Consumer<SessionOperation> judge) {
    later = judge;
  }

  /** Returns a copy of the classes read so far. */
  Set<Class<?>> read() {
    return new LinkedHashSet<>(types.keySet());
  }

  /** Returns the operation of a method, or of the one it implements, as called on a type. */
  @Nullable SessionOperation find(Method method, Class<?> type) {
    Map<Method, SessionOperation> methods = methods(type);
    SessionOperation found = methods.get(method);
    if (found == null && !methods.isEmpty()) {
      found = methods.get(BridgeMethodResolver.getMostSpecificMethod(method, type));
      if (found != null) {
        methods.put(method, found);
      }
    }
    return found;
  }

  /**
   * Returns the operations of a class, every method judged.
   *
   * @throws InvalidDeclarationException for the first that is written wrong
   */
  Set<SessionOperation> operations(Class<?> type) {
    return Set.copyOf(methods(type).values());
  }

  /** Whether a proxy is due. Asked of every bean, of which most have none of these methods. */
  boolean hasProxied(Class<?> type) {
    for (SessionOperation operation : methods(type).values()) {
      if (!operation.woven()) {
        return true;
      }
    }
    return false;
  }

  private Map<Method, SessionOperation> methods(Class<?> type) {
    Map<Method, SessionOperation> known = types.get(type);
    if (known == null) {
      Class<?> userClass = ClassUtils.getUserClass(type);
      known = userClass == type ? parse(type) : methods(userClass);
      if (userClass == type) {
        known.values().forEach(later);
      }
      types.put(type, known);
    }
    return known;
  }

  private Map<Method, SessionOperation> parse(Class<?> type) {
    if (!AnnotationUtils.isCandidateClass(type, SpecialistSession.class)) {
      return Map.of();
    }
    checkNotOnClass(type);
    Map<Method, SessionOperation> methods =
        MethodIntrospector.selectMethods(
            type,
            (MethodIntrospector.MetadataLookup<@Nullable SessionOperation>)
                method -> parse(method, type));
    return methods.isEmpty() ? Map.of() : new ConcurrentHashMap<>(methods);
  }

  /** A composed annotation may stand where this one may not, on a class or what it extends. */
  private static void checkNotOnClass(Class<?> type) {
    MergedAnnotation<?> found =
        MergedAnnotations.from(type, SearchStrategy.TYPE_HIERARCHY).get(SpecialistSession.class);
    if (found.isPresent() && found.getSource() instanceof Class<?> source) {
      throw new InvalidDeclarationException(
          "%s: the annotation must be on methods but @%s is on the class"
              .formatted(
                  SessionOperation.place(source.getSimpleName()),
                  found.getRoot().getType().getSimpleName()),
          "Move it to the methods that call the specialist, whose parameters are the key.");
    }
  }

  private @Nullable SessionOperation parse(Method method, Class<?> type) {
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
