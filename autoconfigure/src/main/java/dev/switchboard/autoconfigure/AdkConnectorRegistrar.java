package dev.switchboard.autoconfigure;

import dev.switchboard.session.SpecialistSessionConfiguration;
import java.util.Map;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;

/** Defines a connector for each specialist whose ADK server is configured. */
final class AdkConnectorRegistrar implements ImportBeanDefinitionRegistrar {

  private static final Bindable<Map<String, SwitchboardProperties.Specialist>> SPECIALISTS =
      Bindable.mapOf(String.class, SwitchboardProperties.Specialist.class);

  private final Environment environment;

  AdkConnectorRegistrar(Environment environment) {
    this.environment = environment;
  }

  @Override
  public void registerBeanDefinitions(
      AnnotationMetadata importingClass, BeanDefinitionRegistry registry) {
    Binder.get(environment)
        .bind("switchboard.specialists", SPECIALISTS)
        .ifBound(
            specialists ->
                specialists.forEach(
                    (name, specialist) -> {
                      if (specialist.adk() != null) {
                        register(name, registry);
                      }
                    }));
  }

  /** One that is named with dashes in a file and without in the environment is one specialist. */
  private static void register(String name, BeanDefinitionRegistry registry) {
    String bean = "switchboard.specialists." + name.replace("-", "") + ".adk";
    if (!registry.containsBeanDefinition(bean)) {
      registry.registerBeanDefinition(bean, connector(name));
    }
  }

  private static RootBeanDefinition connector(String name) {
    RootBeanDefinition connector = new RootBeanDefinition(ConfiguredAdkConnector.class);
    connector.setFactoryMethodName("create");
    connector.setAutowireMode(AbstractBeanDefinition.AUTOWIRE_CONSTRUCTOR);
    connector.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
    connector.addQualifier(
        new AutowireCandidateQualifier(SpecialistSessionConfiguration.CONFIGURED_SPECIALIST, name));
    // A setting that breaks its rule stops startup, under lazy initialization too.
    connector.setLazyInit(false);
    return connector;
  }
}
