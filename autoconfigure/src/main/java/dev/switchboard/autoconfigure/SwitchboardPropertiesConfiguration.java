package dev.switchboard.autoconfigure;

import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.boot.context.properties.ConfigurationPropertiesBindHandlerAdvisor;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Role;

/** What both features and the connectors read their settings with. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(SwitchboardProperties.class)
class SwitchboardPropertiesConfiguration {

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static ConfigurationPropertiesBindHandlerAdvisor switchboardDurations() {
    return UnitlessDurations::new;
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static ConfigurationPropertiesBindHandlerAdvisor switchboardOperations() {
    return MethodlessOperations::new;
  }
}
