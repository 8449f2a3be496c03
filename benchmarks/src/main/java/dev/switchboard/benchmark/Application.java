package dev.switchboard.benchmark;

import org.openjdk.jmh.annotations.TearDown;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;

/** An application for the time of a benchmark, and the bean of it that is called. */
public abstract class Application<T> {

  final ConfigurableApplicationContext context;
  final T bean;

  Application(Class<T> bean, Class<?>... configuration) {
    this(bean, new AnnotationConfigApplicationContext(configuration));
  }

  Application(Class<T> bean, ConfigurableApplicationContext context) {
    this.context = context;
    this.bean = context.getBean(bean);
  }

  @TearDown
  public void close() {
    context.close();
  }
}
