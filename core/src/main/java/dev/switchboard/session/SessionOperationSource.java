package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import java.lang.reflect.Method;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.core.BridgeMethodResolver;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.annotation.AnnotationUtils;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/** Finds a method's operation. Every class is read and judged once, and remembered. */
final class SessionOperationSource {

  private final ConcurrentMap<Class<?>, Map<Method, SessionOperation>> types =
      new ConcurrentHashMap<>();
  private final SessionDeclarations declarations;
  private volatile Consumer<SessionOperation> later = operation -> {};

  SessionOperationSource(SessionDeclarations declarations) {
    this.declarations = declarations;
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
                method -> declarations.read(method, type));
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
}
