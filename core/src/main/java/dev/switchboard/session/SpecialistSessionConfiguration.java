package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvocationObserver;
import dev.switchboard.Weaving;
import dev.switchboard.WovenCalls;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Role;
import org.springframework.core.env.Environment;

/**
 * Makes {@link SpecialistSession} work: what plain Spring imports, and Boot's auto-configuration
 * does. Beans of these types are used where they are declared: {@link SpecialistConnector} (one or
 * more are needed), {@link TenantResolver}, {@link SessionSettings}, {@link SessionStore}, {@link
 * Ticker}, {@link SessionObserver}, {@link InvocationObserver}.
 *
 * @since 0.1
 */
@Configuration(proxyBeanMethods = false)
@Role(BeanDefinition.ROLE_INFRASTRUCTURE)
public class SpecialistSessionConfiguration {

  /**
   * The type of the qualifier of a bean definition that says for which specialist's settings a
   * connector was made; a bean of the application's own that is named for the specialist wins over
   * it. A qualifier, since ahead-of-time processing leaves attributes out.
   */
  public static final String CONFIGURED_SPECIALIST = "dev.switchboard.specialist";

  /** Creates the configuration. */
  public SpecialistSessionConfiguration() {}

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static SessionBeanPostProcessor sessionBeanPostProcessor(
      ObjectProvider<SpecialistSessions> sessions,
      ObjectProvider<TenantResolver> resolver,
      ObjectProvider<SessionSettings> settings,
      Environment environment) {
    return new SessionBeanPostProcessor(
        () ->
            new SessionInterceptor.Needs(
                sessions.getObject(),
                resolver.getIfAvailable(),
                settings.getIfAvailable(SpecialistSessionConfiguration::defaults).hasTenants()),
        environment);
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static WovenCalls.Lease wovenSessionCalls(
      SessionBeanPostProcessor processor, Environment environment) {
    return SessionInterceptor.WOVEN.lease(processor.interceptor(), Weaving.isChosen(environment));
  }

  @Bean
  @Role(BeanDefinition.ROLE_INFRASTRUCTURE)
  static SessionWiring sessionWiring(
      ConfigurableListableBeanFactory beans,
      SessionBeanPostProcessor processor,
      ObjectProvider<SessionSettings> settings,
      ObjectProvider<SpecialistSessions> sessions) {
    return new SessionWiring(
        beans,
        processor.operations(),
        settings.getIfAvailable(SpecialistSessionConfiguration::defaults),
        sessions);
  }

  /**
   * The engine, stopped after the web server and before connections; a {@link SpecialistSessions}
   * bean of the application's own is used instead, and this one then keeps off the store.
   *
   * @param wiring knows connectors and settings
   * @param settings bounds and time-outs, or the defaults
   * @param store where sessions are kept, or a {@link InMemorySessionStore}
   * @param clock the clock, the system's where there is no bean; tests declare one
   * @param observer who is told what happens to sessions, or nobody
   * @param invocations who watches invocations, or nobody
   * @return the engine
   */
  @Bean
  @Fallback
  SpecialistSessions specialistSessionEngine(
      SessionWiring wiring,
      ObjectProvider<SessionSettings> settings,
      ObjectProvider<SessionStore> store,
      ObjectProvider<Ticker> clock,
      ObjectProvider<SessionObserver> observer,
      ObjectProvider<InvocationObserver> invocations) {
    Ticker ticker = clock.getIfUnique(Ticker::systemTicker);
    Scheduler scheduler = Scheduler.systemScheduler();
    return new SpecialistSessions(
        wiring::specialist,
        wiring.hasOwnEngine()
            ? new InMemorySessionStore(ticker, scheduler)
            : store.getIfAvailable(() -> new InMemorySessionStore(ticker, scheduler)),
        settings.getIfAvailable(SpecialistSessionConfiguration::defaults),
        ticker,
        scheduler,
        null,
        observer.getIfAvailable(),
        invocations.getIfAvailable());
  }

  private static SessionSettings defaults() {
    return SessionSettings.builder().build();
  }
}
