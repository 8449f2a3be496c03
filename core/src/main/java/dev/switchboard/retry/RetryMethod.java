package dev.switchboard.retry;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** An annotated method, parsed; becomes an operation when the engine is there. */
final class RetryMethod {

  private final String name;
  private final Method method;
  private final ProxiedMethod proxied;
  private final ReturnKind kind;
  private final boolean annotatedItself;
  private final RetryPolicy policy;
  private final RequestIds ids;
  private final boolean woven;
  private volatile @Nullable RetryOperation operation;

  RetryMethod(
      String name,
      Method method,
      ReturnKind kind,
      boolean annotatedItself,
      RetryPolicy policy,
      boolean woven) {
    this.kind = kind;
    this.woven = woven;
    this.name = name;
    this.method = method;
    this.proxied = new ProxiedMethod(method, RetryInterceptor.WOVEN);
    this.annotatedItself = annotatedItself;
    this.policy = policy;
    this.ids = new RequestIds(method, name);
  }

  String name() {
    return name;
  }

  Method method() {
    return method;
  }

  /** The same, as its proxy's advice runs it. */
  ProxiedMethod proxied() {
    return proxied;
  }

  /** How the method answers. */
  ReturnKind kind() {
    return kind;
  }

  /** Whether the method carries the annotation, not its type. */
  boolean isAnnotatedItself() {
    return annotatedItself;
  }

  /** Whether AspectJ's weaver advises it, not a proxy. */
  boolean isWoven() {
    return woven;
  }

  RequestIds ids() {
    return ids;
  }

  /** The one operation of this method, which throws where policy and settings contradict. */
  RetryOperation operation(RetryExecutor engine) {
    RetryOperation made = operation;
    return made != null ? made : make(engine);
  }

  private synchronized RetryOperation make(RetryExecutor engine) {
    RetryOperation made = operation;
    if (made == null) {
      try {
        made = engine.operation(name, RetryDeclaration.place(name), policy);
      } catch (IllegalArgumentException ex) {
        throw new InvalidDeclarationException(
            String.valueOf(ex.getMessage()), "Correct one of the two where it is made.");
      }
      operation = made;
    }
    return made;
  }
}
