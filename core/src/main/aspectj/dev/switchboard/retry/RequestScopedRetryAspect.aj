package dev.switchboard.retry;

import java.lang.reflect.Method;
import org.aspectj.lang.reflect.MethodSignature;

/**
 * Retries woven {@link RequestScopedRetry} methods where a Spring context has chosen {@code
 * switchboard.advice=aspectj}; else they run as they are. Written in AspectJ's own language, since
 * its annotations lose their place when advice within advice proceeds again.
 *
 * @since 0.1
 */
public final aspect RequestScopedRetryAspect {

  declare precedence:
      RequestScopedRetryAspect, dev.switchboard.session.SpecialistSessionAspect, org.springframework..*;

  pointcut onMethod():
      execution(@RequestScopedRetry * *(..))
          || execution(@(@RequestScopedRetry *) * *(..))
          || execution(@(@(@RequestScopedRetry *) *) * *(..));

  pointcut onType():
      execution(public !static * *(..))
          && !execution(* Object.*(..))
          && (within(@RequestScopedRetry *)
              || within(@(@RequestScopedRetry *) *)
              || within(@(@(@RequestScopedRetry *) *) *))
          && !within(*..*$$SpringCGLIB$$*);

  Object around(): onMethod() || onType() {
    Method method = ((MethodSignature) thisJoinPointStaticPart.getSignature()).getMethod();
    RetryInterceptor interceptor = RetryInterceptor.WOVEN.server(method);
    RetryMethod operation =
        interceptor == null ? null : interceptor.woven(method, thisJoinPoint.getThis());
    if (operation == null) {
      return proceed();
    }
    return interceptor.call(
        operation,
        thisJoinPoint.getArgs(),
        new RetryWork<Object, RuntimeException>() { // proceed() is not known in lambdas
          @Override
          public Object run(RetryContext attempt) {
            return proceed();
          }
        });
  }
}
