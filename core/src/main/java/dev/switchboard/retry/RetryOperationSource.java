package dev.switchboard.retry;

import dev.switchboard.ReturnKind;
import dev.switchboard.Weaving;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotatedElementUtils;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.util.ClassUtils;
import org.springframework.util.ReflectionUtils;

/** Finds a method's operation. All methods of a class are parsed when it is first asked about. */
final class RetryOperationSource {

  private final UnaryOperator<String> placeholders;
  private final boolean weaving;
  private final Map<Class<?>, Map<Method, RetryMethod>> types = new ConcurrentHashMap<>();

  RetryOperationSource(UnaryOperator<String> placeholders, boolean weaving) {
    this.placeholders = placeholders;
    this.weaving = weaving;
  }

  /** The annotated methods of a type, as it or its ancestors declare them. */
  Collection<RetryMethod> methods(Class<?> type) {
    return find(type).values();
  }

  /** Whether a proxy is due. Asked of every bean, of which most have none of these methods. */
  boolean hasProxied(Class<?> type) {
    for (RetryMethod method : methods(type)) {
      if (!method.isWoven()) {
        return true;
      }
    }
    return false;
  }

  /** What is said about a method, or the one it implements, when called on a type. */
  @Nullable RetryMethod find(Method method, Class<?> type) {
    Map<Method, RetryMethod> methods = find(type);
    RetryMethod found = methods.get(method);
    if (found == null && !methods.isEmpty()) {
      found = methods.get(AopUtils.getMostSpecificMethod(method, type));
      if (found != null) {
        methods.put(method, found);
      }
    }
    return found;
  }

  private Map<Method, RetryMethod> find(Class<?> type) {
    Map<Method, RetryMethod> known = types.get(type);
    if (known != null) {
      return known;
    }
    Class<?> declared = ClassUtils.getUserClass(type);
    Map<Method, RetryMethod> methods = types.computeIfAbsent(declared, this::parse);
    types.put(type, methods);
    return methods;
  }

  private Map<Method, RetryMethod> parse(Class<?> type) {
    if (!AnnotationUtils.isCandidateClass(type, RequestScopedRetry.class)) {
      return Map.of();
    }
    RequestScopedRetry onType = annotation(type);
    Map<Method, RetryMethod> methods =
        MethodIntrospector.selectMethods(
            type,
            (MethodIntrospector.MetadataLookup<@Nullable RetryMethod>)
                method -> parse(method, type, onType));
    return methods.isEmpty() ? Map.of() : new ConcurrentHashMap<>(methods);
  }

  private @Nullable RetryMethod parse(
      Method method, Class<?> type, @Nullable RequestScopedRetry onType) {
    RequestScopedRetry onMethod =
        AnnotatedElementUtils.findMergedAnnotation(method, RequestScopedRetry.class);
    RequestScopedRetry annotation = onMethod != null ? onMethod : onType;
    if (annotation == null || (onMethod == null && !isCovered(method))) {
      return null;
    }
    String name = name(method, type);
    RetryDeclaration declaration = new RetryDeclaration(name, placeholders);
    boolean woven = weaving && isReached(method);
    if (woven) {
      Weaving.require(RetryDeclaration.place(name), method);
    } else {
      declaration.judgeOverridable(method, type);
    }
    ReturnKind kind = declaration.judge(method, type);
    return new RetryMethod(
        name, method, kind, onMethod != null, declaration.read(annotation), woven);
  }

  private static boolean isReached(Method method) {
    return Weaving.reaches(method, RequestScopedRetry.class)
        || (isCovered(method)
            && Weaving.reaches(method.getDeclaringClass(), RequestScopedRetry.class));
  }

  /** Whether a type's annotation is about this method; a final one it inherits is beyond it. */
  private static boolean isCovered(Method method) {
    int modifiers = method.getModifiers();
    return Modifier.isPublic(modifiers)
        && !Modifier.isStatic(modifiers)
        && !ReflectionUtils.isObjectMethod(method)
        && (!Modifier.isFinal(modifiers) || annotation(method.getDeclaringClass()) != null);
  }

  private static @Nullable RequestScopedRetry annotation(Class<?> type) {
    return AnnotatedElementUtils.findMergedAnnotation(type, RequestScopedRetry.class);
  }

  private static String name(Method method, Class<?> type) {
    boolean nameless = Proxy.isProxyClass(type) || type.getSimpleName().isEmpty();
    Class<?> named = nameless ? method.getDeclaringClass() : type;
    return named.getSimpleName() + "." + method.getName();
  }
}
