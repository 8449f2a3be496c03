package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.ReturnKind;
import dev.switchboard.WovenCalls;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.util.function.SingletonSupplier;

/** One call: finds the operation, makes the key, and asks the engine. */
final class SessionInterceptor implements MethodInterceptor {

  static final WovenCalls<SessionInterceptor> WOVEN = new WovenCalls<>("@SpecialistSession");

  /**
   * What a call needs beyond its operation, looked up at the first call.
   *
   * @param sessions the engine
   * @param resolver answers for the tenant, or null
   * @param tenants whether a key must have a tenant
   */
  record Needs(SpecialistSessions sessions, @Nullable TenantResolver resolver, boolean tenants) {}

  private final SessionOperationSource operations;
  private final Supplier<Needs> needs;

  SessionInterceptor(SessionOperationSource operations, Supplier<Needs> needs) {
    this.operations = operations;
    this.needs = SingletonSupplier.of(needs);
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    SessionOperation operation = operation(invocation);
    return operation == null || operation.woven()
        ? invocation.proceed()
        : call(
            operation,
            invocation.getArguments(),
            operation.kind() == ReturnKind.VALUE
                ? session -> proceed(invocation, operation)
                : session -> anew(invocation, operation));
  }

  /**
   * Finds what the aspect is to advise a call with, or null; a static method has no {@code self}.
   */
  @Nullable SessionOperation woven(Method method, @Nullable Object self) {
    SessionOperation operation =
        operations.find(method, self == null ? method.getDeclaringClass() : self.getClass());
    // A method that overrides this one, and has called it, is what has the session.
    return operation != null && operation.woven() && operation.method().equals(method)
        ? operation
        : null;
  }

  <X extends Throwable> @Nullable Object call(
      SessionOperation operation,
      @Nullable Object[] arguments,
      SessionWork<@Nullable Object, X> work)
      throws X {
    Needs needed = needs.get();
    if (operation.kind() != ReturnKind.VALUE) {
      return LateSessions.call(needed, operation, arguments, work);
    }
    SessionKey key = operation.key(arguments, needed.resolver(), needed.tenants());
    Invocation current = Invocation.current();
    Invocation attemptOf =
        current != null && current.isAttemptOf(operation.method()) ? current : null;
    return needed.sessions().call(key, operation.policy(), attemptOf, operation.name(), work);
  }

  /** Proceeds later and maybe again, on a copy. */
  @SuppressWarnings("NullAway") // null passes through the type variable of the work
  private static Object anew(MethodInvocation invocation, SessionOperation operation)
      throws Throwable {
    Method before = WOVEN.proxied(operation.method());
    try {
      return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
    } finally {
      WOVEN.proxied(before);
    }
  }

  private @Nullable SessionOperation operation(MethodInvocation invocation) {
    Object target = invocation.getThis();
    Class<?> type = target != null ? target.getClass() : invocation.getMethod().getDeclaringClass();
    return operations.find(invocation.getMethod(), type);
  }

  /** Proceeds; on a copy where more is further in, which an invocation passes only once. */
  @SuppressWarnings("NullAway") // null passes through the type variable of the work
  private Object proceed(MethodInvocation invocation, SessionOperation operation) throws Throwable {
    ProxyMethodInvocation repeatable = (ProxyMethodInvocation) invocation;
    Method before = WOVEN.proxied(operation.method());
    try {
      return isInnermost(repeatable) ? invocation.proceed() : repeatable.invocableClone().proceed();
    } finally {
      WOVEN.proxied(before);
    }
  }

  /** Whether our advice is the last before the method; cheap to tell of a class's proxy only. */
  private boolean isInnermost(ProxyMethodInvocation invocation) {
    return !(invocation.getProxy() instanceof Proxy)
        && invocation.getProxy() instanceof Advised advised
        && advised.indexOf(this) == advised.getAdvisorCount() - 1;
  }
}
