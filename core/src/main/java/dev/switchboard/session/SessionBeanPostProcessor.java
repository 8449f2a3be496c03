package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.Weaving;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.function.Supplier;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;

/**
 * Advises beans with {@link SpecialistSession} methods, with and without Spring's auto-proxying:
 * within the retry's advice, around transactions and caches.
 */
final class SessionBeanPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor {

  private static final long serialVersionUID = 1L;

  private final transient Environment environment;
  private final transient SessionOperationSource operations;
  private final transient SessionInterceptor interceptor;

  SessionBeanPostProcessor(Supplier<SessionInterceptor.Needs> needs, Environment environment) {
    this.environment = environment;
    this.operations =
        new SessionOperationSource(
            new SessionDeclarations(this::resolve, Weaving.isChosen(environment)));
    this.interceptor = new SessionInterceptor(operations, needs);
    this.advisor = new DefaultPointcutAdvisor(new OperationPointcut(operations), interceptor);
    setBeforeExistingAdvisors(true);
    // The retry's processor comes after this one, so that its advice ends outside.
    setOrder(Ordered.LOWEST_PRECEDENCE - 20);
  }

  SessionOperationSource operations() {
    return operations;
  }

  SessionInterceptor interceptor() {
    return interceptor;
  }

  /** Beans made early may come before the factory has a resolver, so the environment is asked. */
  private String resolve(String text) {
    String resolved = Objects.requireNonNull(beanFactory).resolveEmbeddedValue(text);
    return environment.resolveRequiredPlaceholders(resolved == null ? "" : resolved);
  }

  @Override
  protected void customizeProxyFactory(ProxyFactory proxyFactory) {
    Class<?> type = proxyFactory.getTargetClass();
    if (type == null
        || !proxyFactory.isProxyTargetClass()
        || !Modifier.isFinal(type.getModifiers())
        || Proxy.isProxyClass(type)) {
      return;
    }
    proxyFactory.setProxyTargetClass(false);
    evaluateProxyInterfaces(type, proxyFactory); // sets it again where there are none
    if (proxyFactory.isProxyTargetClass()) {
      throw new InvalidDeclarationException(
          "%s: the class must not be final, since a proxy cannot extend it".formatted(place(type)),
          "Remove the modifier, or let the class implement an interface that has the method.");
    }
  }

  private String place(Class<?> type) {
    return operations.operations(type).stream()
        .filter(operation -> !operation.woven())
        .map(SessionOperation::place)
        .sorted()
        .findFirst()
        .orElse(type.getSimpleName());
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    Object proxy = super.postProcessAfterInitialization(bean, beanName);
    if (AopUtils.isJdkDynamicProxy(proxy)) {
      Class<?> type = AopUtils.getTargetClass(proxy);
      operations.operations(type).stream()
          .filter(operation -> !operation.woven())
          .forEach(operation -> checkExposed(proxy, type, operation));
    }
    return proxy;
  }

  private void checkExposed(Object proxy, Class<?> type, SessionOperation operation) {
    for (Class<?> exposed : ClassUtils.getAllInterfaces(proxy)) {
      for (Method method : exposed.getMethods()) {
        if (operation.equals(operations.find(method, type))) {
          return;
        }
      }
    }
    throw new InvalidDeclarationException(
        "%s: the method must be on an interface of its class, since the bean's proxy has only those"
            .formatted(operation.place()),
        "Declare it on the interface, or set spring.aop.proxy-target-class=true.");
  }

  /** Judges all methods of a class when it is first seen; Spring would stop at the first match. */
  private static final class OperationPointcut extends StaticMethodMatcherPointcut {

    private final SessionOperationSource operations;

    OperationPointcut(SessionOperationSource operations) {
      this.operations = operations;
      setClassFilter(operations::hasProxied);
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
      SessionOperation operation = operations.find(method, targetClass);
      return operation != null && !operation.woven();
    }
  }
}
