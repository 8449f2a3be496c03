package dev.switchboard.autoconfigure;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSettings;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.context.properties.PropertyMapper;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;

/**
 * Auto-configuration of sessions, from {@code switchboard.*} unless the application has {@link
 * SessionSettings} of its own.
 *
 * @since 0.1
 */
@AutoConfiguration
@Import({SpecialistSessionConfiguration.class, SwitchboardPropertiesConfiguration.class})
public final class SpecialistSessionAutoConfiguration {

  /** Creates the auto-configuration. */
  public SpecialistSessionAutoConfiguration() {}

  @Bean
  @ConditionalOnProperty(name = "switchboard.store", havingValue = "redis")
  @ConditionalOnMissingClass("dev.switchboard.redis.RedisSessionStore")
  @SuppressWarnings("DoNotCallSuggester")
  static SessionStore missingSessionStore() {
    throw new InvalidDeclarationException(
        "switchboard.store must be local where the module switchboard-redis is not there but was"
            + " redis",
        "Add the dependency dev.switchboard:switchboard-redis, or set switchboard.store=local.");
  }

  @Bean
  @ConditionalOnMissingBean
  static SessionSettings sessionSettings(SwitchboardProperties properties) {
    SessionSettings.Builder settings = SessionSettings.builder();
    if (properties.tenancy() == SwitchboardProperties.Tenancy.NONE) {
      settings.withoutTenants();
    }
    if (properties.wiring() == SwitchboardProperties.Wiring.WARN) {
      settings.lenientWiring();
    }
    PropertyRules.under("switchboard.session", () -> state(settings, properties.session()));
    properties
        .specialists()
        .forEach(
            (name, specialist) ->
                PropertyRules.under(
                    "switchboard.specialists." + name, () -> state(settings, name, specialist)));
    return settings.build();
  }

  private static SessionSettings.Builder state(
      SessionSettings.Builder settings, SwitchboardProperties.Session session) {
    PropertyMapper map = PropertyMapper.get();
    map.from(session::openTimeout).to(settings::openTimeout);
    map.from(session::learnTimeout).to(settings::learnTimeout);
    map.from(session::exclusiveWait).to(settings::exclusiveWait);
    map.from(session::maxConcurrentOpens).to(settings::maxConcurrentOpens);
    return settings.defaults(
        new SpecialistSettings(session.ttl(), session.idleTimeout(), session.maxSize()));
  }

  private static SessionSettings.Builder state(
      SessionSettings.Builder settings, String name, SwitchboardProperties.Specialist specialist) {
    return settings.specialist(
        name,
        new SpecialistSettings(specialist.ttl(), specialist.idleTimeout(), specialist.maxSize()));
  }
}
