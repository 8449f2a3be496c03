package dev.switchboard.session;

import dev.switchboard.MethodCache;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import dev.switchboard.WovenCalls;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
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

  private final MethodCache<SessionOperation> operations;
  private final Supplier<Needs> needs;

  SessionInterceptor(SessionOperationSource operations, Supplier<Needs> needs) {
    this.operations = new MethodCache<>(operations::find);
    this.needs = SingletonSupplier.of(needs);
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Object target = invocation.getThis();
    Class<?> type = target != null ? target.getClass() : invocation.getMethod().getDeclaringClass();
    SessionOperation operation = operations.find(invocation.getMethod(), type);
    if (operation == null || operation.woven()) {
      return invocation.proceed();
    }
    ProxiedMethod method = operation.proxied();
    @Nullable Object[] arguments = invocation.getArguments();
    return method.isInnermost(invocation, this)
        ? call(operation, arguments, session -> method.call(target, arguments))
        : call(operation, arguments, session -> method.proceed(invocation));
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
    return needed
        .sessions()
        .call(key, operation.policy(), operation.method(), operation.name(), work);
  }
}
