package dev.switchboard.session;

import dev.switchboard.Invocation;
import dev.switchboard.ReturnKind;
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
    if (operation == null) {
      return invocation.proceed();
    }
    Needs needed = needs.get();
    if (operation.kind() != ReturnKind.VALUE) {
      return LateSessions.call(
          needed, operation, invocation.getArguments(), () -> anew(invocation));
    }
    SessionKey key = operation.key(invocation.getArguments(), needed.resolver(), needed.tenants());
    Invocation current = Invocation.current();
    Invocation attemptOf =
        current != null && current.isAttemptOf(operation.method()) ? current : null;
    return needed
        .sessions()
        .call(key, operation.policy(), attemptOf, operation.name(), session -> proceed(invocation));
  }

  /** Proceeds later and maybe again, on a copy. */
  private static @Nullable Object anew(MethodInvocation invocation) throws Throwable {
    return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
  }

  private @Nullable SessionOperation operation(MethodInvocation invocation) {
    Object target = invocation.getThis();
    Class<?> type = target != null ? target.getClass() : invocation.getMethod().getDeclaringClass();
    return operations.find(invocation.getMethod(), type);
  }

  /** Proceeds; on a copy where more is further in, which an invocation passes only once. */
  @SuppressWarnings("NullAway") // null passes through the type variable of the work
  private Object proceed(MethodInvocation invocation) throws Throwable {
    ProxyMethodInvocation repeatable = (ProxyMethodInvocation) invocation;
    return isInnermost(repeatable) ? invocation.proceed() : repeatable.invocableClone().proceed();
  }

  /** Whether our advice is the last before the method; cheap to tell of a class's proxy only. */
  private boolean isInnermost(ProxyMethodInvocation invocation) {
    return !(invocation.getProxy() instanceof Proxy)
        && invocation.getProxy() instanceof Advised advised
        && advised.indexOf(this) == advised.getAdvisorCount() - 1;
  }
}
