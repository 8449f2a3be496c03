package dev.switchboard.autoconfigure;

import java.util.List;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.ClassUtils;

/** Contexts with all that this module registers. */
final class Contexts {

  private Contexts() {}

  /** With sessions in memory. */
  static ApplicationContextRunner runner() {
    return sharingRunner().withPropertyValues("switchboard.store=local");
  }

  /** With sessions in Redis. */
  static ApplicationContextRunner sharingRunner() {
    return new ApplicationContextRunner()
        .withConfiguration(AutoConfigurations.of(registered().toArray(Class<?>[]::new)));
  }

  static ApplicationContextRunner runnerWithRestClient() {
    return runner().withConfiguration(AutoConfigurations.of(RestClientAutoConfiguration.class));
  }

  /** What {@code spring.main.lazy-initialization=true} does to an application. */
  static void initializeLazily(ConfigurableApplicationContext context) {
    context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
  }

  /** What is registered for Boot to find. */
  static List<Class<?>> registered() {
    return ImportCandidates.load(AutoConfiguration.class, Contexts.class.getClassLoader())
        .getCandidates()
        .stream()
        .filter(name -> name.startsWith("dev.switchboard."))
        .<Class<?>>map(name -> ClassUtils.resolveClassName(name, null))
        .toList();
  }
}
