package dev.switchboard.retry;

import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;

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
    // A clone an attempt: an invocation passes the interceptors behind this one only once.
    return engine.<@Nullable Object, Throwable>call(
        method.operation(engine),
        method.method(),
        method.ids().of(invocation.getArguments()),
        context -> ((ProxyMethodInvocation) invocation).invocableClone().proceed());
  }
}
