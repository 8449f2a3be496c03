package dev.switchboard.session;

import dev.switchboard.InvalidDeclarationException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.framework.autoproxy.AutoProxyUtils;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.util.ClassUtils;
import org.springframework.util.function.SingletonSupplier;

/**
 * What the operations of all beans need together: settings that agree, a connector, a tenant. Known
 * from the beans' types, so that none is created for it; judged once all singletons stand.
 */
final class SessionWiring implements SmartInitializingSingleton {

  private static final Logger log = LoggerFactory.getLogger(SessionWiring.class);

  private final ConfigurableListableBeanFactory beans;
  private final SessionOperationSource source;
  private final SessionSettings settings;
  private final ObjectProvider<SpecialistSessions> sessions;
  private final ConnectorFinder connectors;
  private final Set<SpecialistName> settled = ConcurrentHashMap.newKeySet();
  private volatile @Nullable Map<SpecialistName, List<SessionOperation>> specialists;

  SessionWiring(
      ConfigurableListableBeanFactory beans,
      SessionOperationSource source,
      SessionSettings settings,
      ObjectProvider<SpecialistSessions> sessions) {
    this.beans = beans;
    this.source = source;
    this.settings = settings;
    this.sessions = sessions;
    this.connectors = new ConnectorFinder(beans);
  }

  /** Settles a specialist for the engine; what {@code warn} let pass at startup fails here. */
  Specialist specialist(SpecialistName asked) {
    List<SessionOperation> operations = specialists().getOrDefault(asked, List.of());
    SpecialistName name = operations.isEmpty() ? asked : operations.get(0).specialist();
    String connector = connector(name, operations);
    log.debug("Specialist '{}' has the connector bean {}", name, connector);
    settled.add(name);
    return new Specialist(
        name,
        settings.settle(name, operations),
        SingletonSupplier.of(() -> beans.getBean(connector, SpecialistConnector.class)));
  }

  @Override
  public void afterSingletonsInstantiated() {
    List<InvalidDeclarationException> problems = new ArrayList<>();
    specialists()
        .forEach(
            (name, operations) -> {
              StatedAttribute.ALL.forEach(
                  attribute ->
                      check(problems, () -> attribute.checkAgreed(settings, name, operations)));
              if (!hasOwnEngine()) {
                check(problems, () -> connector(name, operations));
              }
              operations.forEach(operation -> check(problems, () -> checkTenant(operation)));
            });
    settings.specialists().forEach(name -> check(problems, () -> checkUsed(name)));
    if (settings.isStrictWiring() && !problems.isEmpty()) {
      InvalidDeclarationException first = problems.get(0);
      problems.subList(1, problems.size()).forEach(first::addSuppressed);
      throw first;
    }
    problems.forEach(problem -> log.warn("{}. {}", problem.getMessage(), problem.action()));
    if (problems.isEmpty()) {
      specialists().keySet().forEach(sessions.getObject()::settle);
    }
  }

  /**
   * Judges what no bean's type tells, before it is called: classes that an interface hides until
   * the bean is made, and methods of objects that Spring has not made.
   */
  private synchronized void admit(SessionOperation operation) {
    try {
      checkAdmissible(operation);
    } catch (InvalidDeclarationException e) {
      if (operation.woven() || settings.isStrictWiring()) {
        throw e;
      }
      log.warn("{}. {}", e.getMessage(), e.action());
    }
    Map<SpecialistName, List<SessionOperation>> known = new LinkedHashMap<>(specialists());
    known.merge(
        operation.specialist(),
        List.of(operation),
        (before, added) -> Stream.concat(before.stream(), added.stream()).toList());
    specialists = known;
  }

  private void checkAdmissible(SessionOperation operation) {
    SpecialistName name = operation.specialist();
    List<SessionOperation> before = specialists().getOrDefault(name, List.of());
    List<SessionOperation> after = new ArrayList<>(before);
    after.add(operation);
    StatedAttribute.ALL.forEach(attribute -> attribute.checkAgreed(settings, name, after));
    if (settled.contains(name)
        && !settings.settle(name, before).limits().equals(settings.settle(name, after).limits())) {
      throw new InvalidDeclarationException(
          "%s: ttl, idleTimeout and maxSize of specialist '%s' must be known at startup but this %s"
              .formatted(
                  operation.place(),
                  name,
                  operation.woven() ? "class is no bean's" : "bean's type does not tell its class"),
          ("Let a @Bean method return the class, state them on another bean's method, or set"
                  + " switchboard.specialists.%s.*.")
              .formatted(name));
    }
    checkTenant(operation);
  }

  /** An engine of the application's own, which ours gives way to, has connectors of its own. */
  boolean hasOwnEngine() {
    return beans.getBeanNamesForType(SpecialistSessions.class, true, false).length > 1;
  }

  private static void check(List<InvalidDeclarationException> problems, Runnable rule) {
    try {
      rule.run();
    } catch (InvalidDeclarationException e) {
      problems.add(e);
    }
  }

  private Map<SpecialistName, List<SessionOperation>> specialists() {
    Map<SpecialistName, List<SessionOperation>> known = specialists;
    if (known == null) {
      known =
          types().stream()
              .flatMap(type -> source.operations(type).stream())
              .distinct()
              .sorted(java.util.Comparator.comparing(SessionOperation::place))
              .collect(
                  Collectors.groupingBy(
                      SessionOperation::specialist, LinkedHashMap::new, Collectors.toList()));
      specialists = known;
      source.whenReadLater(this::admit);
    }
    return known;
  }

  private Set<Class<?>> types() {
    Set<Class<?>> types = source.read(); // inner beans have no name to find them by
    for (String name : beans.getBeanNamesForType(Object.class, true, false)) {
      Class<?> type = AutoProxyUtils.determineTargetClass(beans, name);
      if (type != null) {
        types.add(ClassUtils.getUserClass(type));
      }
    }
    return types;
  }

  private String connector(SpecialistName name, List<SessionOperation> operations) {
    String place = operations.isEmpty() ? "Specialist '" + name + "'" : operations.get(0).place();
    Set<SpecialistName> others = new LinkedHashSet<>(specialists().keySet());
    settings.specialists().forEach(others::add);
    others.remove(name);
    List<String> found = connectors.find(name, others);
    if (found.isEmpty()) {
      throw new InvalidDeclarationException(
          "%s: specialist '%s' must have a connector but no SpecialistConnector bean fits"
              .formatted(place, name),
          ("Correct the name, declare a SpecialistConnector bean named %sConnector, or set"
                  + " switchboard.specialists.%s.adk.base-url.")
              .formatted(camelCase(name), name));
    }
    if (found.size() > 1) {
      throw new InvalidDeclarationException(
          "%s: specialist '%s' must have one connector but these fit: %s"
              .formatted(place, name, String.join(", ", found.stream().sorted().toList())),
          ("Correct the name, or let exactly one of them be named %sConnector or qualified with"
                  + " @Qualifier(\"%s\"): rename or remove the others.")
              .formatted(camelCase(name), name));
    }
    if (connectors.isNull(found.get(0))) {
      throw new InvalidDeclarationException(
          "%s: specialist '%s' must have a connector but the bean %s is null"
              .formatted(place, name, found.get(0)),
          "Let its @Bean method return a connector, or put a condition on that method.");
    }
    return found.get(0);
  }

  private static String camelCase(SpecialistName name) {
    StringBuilder text = new StringBuilder();
    boolean upper = false;
    for (char c : name.toString().toCharArray()) {
      if (c == '-') {
        upper = text.length() > 0;
      } else {
        text.append(upper ? Character.toUpperCase(c) : c);
        upper = false;
      }
    }
    return text.toString();
  }

  private void checkTenant(SessionOperation operation) {
    if (operation.tenant() == null
        && settings.hasTenants()
        && BeanFactoryUtils.beanNamesForTypeIncludingAncestors(
                    beans, TenantResolver.class, true, false)
                .length
            == 0) {
      throw new InvalidDeclarationException(
          operation.place()
              + ": a tenant must come from somewhere but no parameter is @Tenant"
              + " and no TenantResolver bean answers",
          "Annotate a parameter with @Tenant, declare a TenantResolver bean, or set"
              + " switchboard.tenancy=none.");
    }
  }

  private void checkUsed(SpecialistName name) {
    if (!specialists().containsKey(name) && !connectors.isForAny(name)) {
      throw new InvalidDeclarationException(
          "switchboard.specialists.%s: the specialist must be one that is called but no method"
                  .formatted(name)
              + " names it; those called are "
              + specialists().keySet().stream().map(String::valueOf).sorted().toList(),
          "Correct the name, remove the settings, or declare a SpecialistConnector bean named "
              + camelCase(name)
              + "Connector.");
    }
  }
}
