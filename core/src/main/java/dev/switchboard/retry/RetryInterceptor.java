package dev.switchboard.retry;

import dev.switchboard.ReturnKind;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;

/** One call of an annotated method: finds its operation and request, and asks the engine. */
final class RetryInterceptor implements MethodInterceptor {

  private final RetryOperationSource source;
  private final Supplier<RetryExecutor> executor;

  RetryInterceptor(RetryOperationSource source, Supplier<RetryExecutor> executor) {
    this.source = source;
    this.executor = executor;
  }

  @Override
  @SuppressWarnings("NullAway") // it does not follow T extends @Nullable Object
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Method called = invocation.getMethod();
    Object target = invocation.getThis();
    RetryMethod method =
        source.find(called, target == null ? called.getDeclaringClass() : target.getClass());
    if (method == null) {
      return invocation.proceed();
    }
    RetryExecutor engine = executor.get();
    if (method.kind() != ReturnKind.VALUE) {
      return LateRetries.call(engine, method, invocation.getArguments(), () -> anew(invocation));
    }
    return engine.<@Nullable Object, Throwable>call(
        method.operation(engine),
        method.method(),
        method.ids().of(invocation.getArguments(), RetryContext.bound() != null),
        context -> proceed(invocation));
  }

  /** Proceeds later and maybe again, on a copy. */
  private static @Nullable Object anew(MethodInvocation invocation) throws Throwable {
    return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
  }

  /** Proceeds; on a copy where more is further in, which an invocation passes only once. */
  @SuppressWarnings("NullAway") // as above
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
