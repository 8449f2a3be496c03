package dev.switchboard.retry;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.Weaving;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.Advisor;
import org.springframework.aop.PointcutAdvisor;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.framework.AopInfrastructureBean;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.framework.autoproxy.AbstractBeanFactoryAwareAdvisingPostProcessor;
import org.springframework.aop.support.AopUtils;
import org.springframework.aop.support.DefaultPointcutAdvisor;
import org.springframework.aop.support.StaticMethodMatcherPointcut;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.Ordered;
import org.springframework.core.env.Environment;

/**
 * Puts retries around beans, outside of what their proxies do already, and judges what was
 * declared: each class when it is first seen, the rest once all singletons stand.
 */
final class RetryPostProcessor extends AbstractBeanFactoryAwareAdvisingPostProcessor
    implements SmartInitializingSingleton {

  private static final Logger logger = LoggerFactory.getLogger(RetryPostProcessor.class);
  private static final long serialVersionUID = 1L;

  private final transient RetryOperationSource source;
  private final transient RetryInterceptor interceptor;
  private final boolean weaving;
  private final transient Supplier<RetryExecutor> executor;
  private final transient Environment environment;

  RetryPostProcessor(Supplier<RetryExecutor> executor, Environment environment) {
    this.executor = executor;
    this.environment = environment;
    this.weaving = Weaving.isChosen(environment);
    this.source = new RetryOperationSource(this::resolve, weaving);
    this.interceptor = new RetryInterceptor(source, executor);
    this.advisor = new DefaultPointcutAdvisor(new RetryPointcut(source), interceptor);
    setBeforeExistingAdvisors(true);
    // After the post-processors that sessions and transactions come from, so outside of them.
    setOrder(Ordered.LOWEST_PRECEDENCE - 10);
  }

  RetryInterceptor interceptor() {
    return interceptor;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    if (weaving && bean instanceof Advised advised) {
      requireTransactionsInside(advised);
    }
    Object proxy = super.postProcessAfterInitialization(bean, beanName);
    if (AopUtils.isJdkDynamicProxy(proxy) && !(bean instanceof AopInfrastructureBean)) {
      requireOnInterfaces(AopUtils.getTargetClass(bean), proxy.getClass().getInterfaces());
    }
    return proxy;
  }

  @Override
  protected void customizeProxyFactory(ProxyFactory proxyFactory) {
    Class<?> type = Objects.requireNonNull(proxyFactory.getTargetClass());
    if (!proxyFactory.isProxyTargetClass()
        || !Modifier.isFinal(type.getModifiers())
        || Proxy.isProxyClass(type)) {
      return;
    }
    proxyFactory.setProxyTargetClass(false);
    evaluateProxyInterfaces(type, proxyFactory); // sets it again where there are none
    if (proxyFactory.isProxyTargetClass()) {
      throw RetryDeclaration.refusal(
          source.methods(type).stream()
              .filter(method -> !method.isWoven())
              .findFirst()
              .orElseThrow()
              .name(),
          "the class must not be final, since a proxy cannot extend it",
          "Remove the modifier, or let the class implement an interface that has the method.");
    }
  }

  @Override
  public void afterSingletonsInstantiated() {
    ConfigurableListableBeanFactory beans = Objects.requireNonNull(beanFactory);
    RetryExecutor engine = executor.get();
    Set<String> unused = new TreeSet<>(engine.settings().operations().keySet());
    for (String bean : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = type(beans, bean);
      if (type != null) {
        for (RetryMethod method : source.methods(type)) {
          String name = method.operation(engine).name();
          unused.removeIf(setting -> RetrySettings.isSame(setting, name));
        }
      }
    }
    List<InvalidDeclarationException> problems =
        unused.stream().map(RetryPostProcessor::unused).toList();
    // Woven classes need not be beans, and are not known before they are called.
    if (weaving || engine.settings().lenientWiring()) {
      problems.forEach(problem -> logger.warn(problem.getMessage()));
    } else if (!problems.isEmpty()) {
      InvalidDeclarationException first = problems.get(0);
      problems.subList(1, problems.size()).forEach(first::addSuppressed);
      throw first;
    }
  }

  private static InvalidDeclarationException unused(String setting) {
    return new InvalidDeclarationException(
        "switchboard.retry.operations."
            + setting
            + ": the name must be Class.method of a bean's @RequestScopedRetry method but no bean"
            + " has one",
        "Correct the name, or set switchboard.wiring=warn where the bean is elsewhere.");
  }

  /** What a bean is behind its proxy; no bean is made to know it. */
  private static @Nullable Class<?> type(ConfigurableListableBeanFactory beans, String bean) {
    Class<?> exposed = beans.getType(bean, false);
    Class<?> declared =
        beans.containsBeanDefinition(bean)
                && beans.getMergedBeanDefinition(bean) instanceof RootBeanDefinition definition
            ? definition.getTargetType()
            : null;
    return declared == null || FactoryBean.class.isAssignableFrom(declared) ? exposed : declared;
  }

  private void requireOnInterfaces(Class<?> type, Class<?>[] interfaces) {
    for (RetryMethod method : source.methods(type)) {
      boolean isThere =
          Arrays.stream(interfaces)
              .flatMap(face -> Arrays.stream(face.getMethods()))
              .anyMatch(declared -> source.find(declared, type) == method);
      if (method.isAnnotatedItself() && !method.isWoven() && !isThere) {
        throw RetryDeclaration.refusal(
            method.name(),
            "the method must be on an interface of its class, since the bean's proxy has only those",
            "Declare it on an interface, or set spring.aop.proxy-target-class=true.");
      }
    }
  }

  /** The advice of a proxy is outside of what is woven, so all attempts would share its effect. */
  private void requireTransactionsInside(Advised advised) {
    Class<?> type = AopUtils.getTargetClass(advised);
    for (RetryMethod method : source.methods(type)) {
      for (Advisor advisor : method.isWoven() ? advised.getAdvisors() : new Advisor[0]) {
        if (advisor instanceof PointcutAdvisor transactions
            && advisor
                .getAdvice()
                .getClass()
                .getName()
                .startsWith("org.springframework.transaction")
            && transactions.getPointcut().getMethodMatcher().matches(method.method(), type)) {
          throw RetryDeclaration.refusal(
              method.name(),
              "the method's transactions must be woven too, since a proxy's would span all attempts",
              "Set mode = AdviceMode.ASPECTJ on @EnableTransactionManagement, with spring-aspects on"
                  + " the class path; or set switchboard.advice=proxy.");
        }
      }
    }
  }

  /** Beans made early may come before the factory has a resolver, so the environment is asked. */
  private String resolve(String text) {
    String resolved = Objects.requireNonNull(beanFactory).resolveEmbeddedValue(text);
    return environment.resolveRequiredPlaceholders(resolved == null ? "" : resolved);
  }

  private static final class RetryPointcut extends StaticMethodMatcherPointcut {

    private final RetryOperationSource source;

    RetryPointcut(RetryOperationSource source) {
      this.source = source;
      // Asked before any method is: the whole class is judged, not up to the first that matches.
      setClassFilter(source::hasProxied);
    }

    @Override
    public boolean matches(Method method, Class<?> targetClass) {
      RetryMethod found = source.find(method, targetClass);
      return found != null && !found.isWoven();
    }
  }
}
