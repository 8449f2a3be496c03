package dev.switchboard;

import java.util.ArrayList;
import java.util.List;
import org.aopalliance.aop.Advice;
import org.aopalliance.intercept.MethodInvocation;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.ProxyMethodInvocation;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.DefaultAdvisorChainFactory;
import org.springframework.aop.framework.ReflectiveMethodInvocation;

/**
 * An invocation that passes once more what a proxy has behind an advice. Made when it is needed: to
 * copy every invocation before its first attempt costs more than all else that a retry allocates.
 */
final class Repetition extends ReflectiveMethodInvocation {

  Repetition(ProxyMethodInvocation first, Advice advice, @Nullable Object[] arguments) {
    super(
        first.getProxy(),
        first.getThis(),
        first.getMethod(),
        arguments,
        type(first),
        behind(advice, first));
  }

  private static @Nullable Class<?> type(MethodInvocation first) {
    return first.getThis() == null ? null : first.getThis().getClass();
  }

  private static List<Object> behind(Advice advice, ProxyMethodInvocation first) {
    List<Object> chain =
        DefaultAdvisorChainFactory.INSTANCE.getInterceptorsAndDynamicInterceptionAdvice(
            (Advised) first.getProxy(), first.getMethod(), type(first));
    return new ArrayList<>(chain.subList(chain.indexOf(advice) + 1, chain.size()));
  }
}
