package dev.switchboard.autoconfigure;

import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;

/**
 * Lets what builds the HTTP clients of {@code RestClient} and {@code RestTemplate} build them with
 * the read timeout that is left to each request. A bean whose type is declared more narrowly is
 * left as it is, since it could not be injected any more.
 */
final class DeadlineRequestFactories implements BeanPostProcessor, BeanFactoryAware {

  private @Nullable ConfigurableListableBeanFactory beans;

  @Override
  public void setBeanFactory(BeanFactory beanFactory) {
    beans = (ConfigurableListableBeanFactory) beanFactory;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String beanName) {
    return bean instanceof ClientHttpRequestFactoryBuilder<?> builder && isDeclaredWidely(beanName)
        ? new DeadlineRequestFactoryBuilder(builder)
        : bean;
  }

  private boolean isDeclaredWidely(String beanName) {
    return beans != null
        && beans.containsBeanDefinition(beanName)
        && beans.getMergedBeanDefinition(beanName).getResolvableType().resolve()
            == ClientHttpRequestFactoryBuilder.class;
  }
}
