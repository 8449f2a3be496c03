package dev.switchboard.session;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/** Chooses a specialist's connector among the beans, by their names and types only. */
final class ConnectorFinder {

  private final ConfigurableListableBeanFactory beans;

  ConnectorFinder(ConfigurableListableBeanFactory beans) {
    this.beans = beans;
  }

  /**
   * Returns the names of the connectors that fit: those named or qualified for the specialist, else
   * the one configured for it, else those that are for no other.
   */
  List<String> find(SpecialistName name, Collection<SpecialistName> others) {
    List<String> candidates =
        Arrays.asList(
            BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                beans, SpecialistConnector.class, true, false));
    List<String> own = candidates.stream().filter(bean -> isNamedFor(bean, name)).toList();
    if (own.isEmpty()) {
      own = candidates.stream().filter(bean -> isConfiguredFor(bean, name)).toList();
    }
    if (own.isEmpty()) {
      own =
          candidates.stream()
              .filter(bean -> !isConfigured(bean))
              .filter(bean -> others.stream().noneMatch(other -> isNamedFor(bean, other)))
              .toList();
    }
    return own;
  }

  /** Whether any connector is named, qualified or configured for the specialist. */
  boolean isForAny(SpecialistName name) {
    return Arrays.stream(
            BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                beans, SpecialistConnector.class, true, false))
        .anyMatch(bean -> isNamedFor(bean, name) || isConfiguredFor(bean, name));
  }

  private boolean isNamedFor(String bean, SpecialistName name) {
    return !isConfigured(bean)
        && BeanFactoryAnnotationUtils.isQualifierMatch(
            text -> name.matches(text) || name.matches(withoutSuffix(text)), bean, beans);
  }

  private static String withoutSuffix(String text) {
    return text.endsWith("Connector")
        ? text.substring(0, text.length() - "Connector".length())
        : text;
  }

  private boolean isConfiguredFor(String bean, SpecialistName name) {
    return isConfigured(bean) && name.equals(configuredFor(bean));
  }

  private boolean isConfigured(String bean) {
    return beans.containsBeanDefinition(bean)
        && beans
            .getBeanDefinition(bean)
            .hasAttribute(SpecialistSessionConfiguration.CONFIGURED_SPECIALIST);
  }

  private SpecialistName configuredFor(String bean) {
    Object name =
        beans
            .getBeanDefinition(bean)
            .getAttribute(SpecialistSessionConfiguration.CONFIGURED_SPECIALIST);
    return SpecialistName.of(String.valueOf(name));
  }
}
