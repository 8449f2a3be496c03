package dev.switchboard.session;

import java.lang.reflect.Method;
import org.aspectj.lang.reflect.MethodSignature;

/**
 * Gives woven {@link SpecialistSession} methods their session where a Spring context has chosen
 * {@code switchboard.advice=aspectj}; else they run as they are. Written in AspectJ's own language,
 * since its annotations lose their place when advice within advice proceeds again.
 *
 * @since 0.1
 */
public final aspect SpecialistSessionAspect {

  pointcut onMethod():
      execution(@SpecialistSession * *(..))
          || execution(@(@SpecialistSession *) * *(..))
          || execution(@(@(@SpecialistSession *) *) * *(..));

  /** Where it must not be; the source of operations refuses such a class once it is asked. */
  pointcut onType():
      execution(public !static * *(..))
          && (within(@(@SpecialistSession *) *) || within(@(@(@SpecialistSession *) *) *));

  Object around(): onMethod() || onType() {
    Method method = ((MethodSignature) thisJoinPointStaticPart.getSignature()).getMethod();
    SessionInterceptor interceptor = SessionInterceptor.WOVEN.server(method);
    SessionOperation operation =
        interceptor == null ? null : interceptor.woven(method, thisJoinPoint.getThis());
    if (operation == null) {
      return proceed();
    }
    return interceptor.call(
        operation,
        thisJoinPoint.getArgs(),
        new SessionWork<Object, RuntimeException>() { // proceed() is not known in lambdas
          @Override
          public Object run(SessionContext session) {
            return proceed();
          }
        });
  }
}
