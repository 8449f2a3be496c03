package dev.switchboard.retry;

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

/** One call of an annotated method: finds its operation and request, and asks the engine. */
final class RetryInterceptor implements MethodInterceptor {

  static final WovenCalls<RetryInterceptor> WOVEN = new WovenCalls<>("@RequestScopedRetry");

  private final RetryOperationSource source;
  private final Supplier<RetryExecutor> executor;

  RetryInterceptor(RetryOperationSource source, Supplier<RetryExecutor> executor) {
    this.source = source;
    this.executor = executor;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Method called = invocation.getMethod();
    Object target = invocation.getThis();
    RetryMethod method =
        source.find(called, target == null ? called.getDeclaringClass() : target.getClass());
    return method == null || method.isWoven()
        ? invocation.proceed()
        : call(
            method,
            invocation.getArguments(),
            method.kind() == ReturnKind.VALUE
                ? attempt -> proceed(invocation, method)
                : attempt -> anew(invocation, method));
  }

  /**
   * Finds what the aspect is to advise a call with, or null; a static method has no {@code self}.
   */
  @Nullable RetryMethod woven(Method called, @Nullable Object self) {
    RetryMethod method =
        source.find(called, self == null ? called.getDeclaringClass() : self.getClass());
    // A method that overrides this one, and has called it, is what is retried.
    return method != null && method.isWoven() && method.method().equals(called) ? method : null;
  }

  @SuppressWarnings("NullAway") // it does not follow T extends @Nullable Object
  <X extends Throwable> @Nullable Object call(
      RetryMethod method, @Nullable Object[] arguments, RetryWork<@Nullable Object, X> work)
      throws X {
    RetryExecutor engine = executor.get();
    if (method.kind() != ReturnKind.VALUE) {
      return LateRetries.call(engine, method, arguments, work);
    }
    return engine.<@Nullable Object, X>call(
        method.operation(engine),
        method.method(),
        method.ids().of(arguments, RetryContext.bound() != null),
        work);
  }

  /** Proceeds later and maybe again, on a copy. */
  @SuppressWarnings("NullAway") // null passes through the type variable of the work
  private static Object anew(MethodInvocation invocation, RetryMethod method) throws Throwable {
    Method before = WOVEN.proxied(method.method());
    try {
      return ((ProxyMethodInvocation) invocation).invocableClone().proceed();
    } finally {
      WOVEN.proxied(before);
    }
  }

  /** Proceeds; on a copy where more is further in, which an invocation passes only once. */
  @SuppressWarnings("NullAway") // null passes through the type variable of the work
  private Object proceed(MethodInvocation invocation, RetryMethod method) throws Throwable {
    ProxyMethodInvocation repeatable = (ProxyMethodInvocation) invocation;
    Method before = WOVEN.proxied(method.method());
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
