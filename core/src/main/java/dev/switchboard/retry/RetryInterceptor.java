package dev.switchboard.retry;

import dev.switchboard.MethodCache;
import dev.switchboard.ProxiedMethod;
import dev.switchboard.ReturnKind;
import dev.switchboard.WovenCalls;
import java.lang.reflect.Method;
import java.util.function.Supplier;
import org.aopalliance.intercept.MethodInterceptor;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;

/** One call of an annotated method: finds its operation and request, and asks the engine. */
final class RetryInterceptor implements MethodInterceptor {

  static final WovenCalls<RetryInterceptor> WOVEN = new WovenCalls<>("@RequestScopedRetry");

  private final MethodCache<RetryMethod> methods;
  private final Supplier<RetryExecutor> executor;

  RetryInterceptor(RetryOperationSource source, Supplier<RetryExecutor> executor) {
    this.methods = new MethodCache<>(source::find);
    this.executor = executor;
  }

  @Override
  public @Nullable Object invoke(MethodInvocation invocation) throws Throwable {
    Method called = invocation.getMethod();
    Object target = invocation.getThis();
    RetryMethod method =
        methods.find(called, target == null ? called.getDeclaringClass() : target.getClass());
    if (method == null || method.isWoven()) {
      return invocation.proceed();
    }
    ProxiedMethod proxied = method.proxied();
    @Nullable Object[] arguments = invocation.getArguments();
    if (proxied.isInnermost(invocation, this)) {
      return call(method, arguments, attempt -> proxied.call(target, arguments));
    }
    if (method.kind() != ReturnKind.VALUE || !ProxiedMethod.isRepeatable(invocation)) {
      return call(method, arguments, attempt -> proxied.proceed(invocation));
    }
    @Nullable Object[] kept = arguments.clone(); // who is further in may put others there
    return call(
        method, arguments, attempt -> proxied.proceed(invocation, this, kept, attempt.isRetry()));
  }

  /**
   * Finds what the aspect is to advise a call with, or null; a static method has no {@code self}.
   */
  @Nullable RetryMethod woven(Method called, @Nullable Object self) {
    RetryMethod method =
        methods.find(called, self == null ? called.getDeclaringClass() : self.getClass());
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
    RequestIds ids = method.ids();
    return engine.<@Nullable Object, X>call(
        method.operation(engine),
        method.method(),
        ids.isEmpty() ? null : ids.of(arguments, RetryContext.bound() != null),
        work);
  }
}
