package dev.switchboard.session;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;

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
    List<String> all = connectors();
    List<String> own = all.stream().filter(bean -> isNamedFor(bean, name)).toList();
    if (own.isEmpty()) {
      own = all.stream().filter(bean -> name.equals(configuredFor(bean))).toList();
    }
    if (own.isEmpty()) {
      own =
          all.stream()
              .filter(bean -> configuredFor(bean) == null)
              .filter(bean -> others.stream().noneMatch(other -> isNamedFor(bean, other)))
              .toList();
    }
    return own;
  }

  /** Whether any connector is named, qualified or configured for the specialist. */
  boolean isForAny(SpecialistName name) {
    return connectors().stream()
        .anyMatch(bean -> isNamedFor(bean, name) || name.equals(configuredFor(bean)));
  }

  /** Whether a bean that has been made is null; none is made to know it. */
  boolean isNull(String bean) {
    Object made = beans.getSingleton(bean);
    return made != null
        && !(made instanceof SpecialistConnector)
        && !(made instanceof FactoryBean<?>);
  }

  /** All but those that only stand behind another, as the target of a scoped proxy does. */
  private List<String> connectors() {
    return Arrays.stream(
            BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                beans, SpecialistConnector.class, true, false))
        .filter(
            bean ->
                !beans.containsBeanDefinition(bean)
                    || beans.getBeanDefinition(bean).isAutowireCandidate())
        .toList();
  }

  private boolean isNamedFor(String bean, SpecialistName name) {
    return configuredFor(bean) == null
        && BeanFactoryAnnotationUtils.isQualifierMatch(
            text -> name.matches(text) || name.matches(withoutSuffix(text)), bean, beans);
  }

  private static String withoutSuffix(String text) {
    return text.endsWith("Connector")
        ? text.substring(0, text.length() - "Connector".length())
        : text;
  }

  private @Nullable SpecialistName configuredFor(String bean) {
    AutowireCandidateQualifier configured =
        beans.containsBeanDefinition(bean)
                && beans.getBeanDefinition(bean) instanceof AbstractBeanDefinition definition
            ? definition.getQualifier(SpecialistSessionConfiguration.CONFIGURED_SPECIALIST)
            : null;
    Object name =
        configured == null ? null : configured.getAttribute(AutowireCandidateQualifier.VALUE_KEY);
    return name == null ? null : SpecialistName.of(name.toString());
  }
}
