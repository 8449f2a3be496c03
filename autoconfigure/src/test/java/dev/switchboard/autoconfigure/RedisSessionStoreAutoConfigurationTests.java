package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.redis.RedisSessionStore;
import dev.switchboard.session.InMemorySessionStore;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.data.redis.autoconfigure.DataRedisAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Sessions are shared where the module is; a real server's tests are in that module. */
class RedisSessionStoreAutoConfigurationTests {

  /** Nobody listens there, which must not keep an application from starting. */
  private final ApplicationContextRunner runner =
      Contexts.sharingRunner()
          .withConfiguration(AutoConfigurations.of(DataRedisAutoConfiguration.class))
          .withPropertyValues("spring.data.redis.port=1")
          .withUserConfiguration(Desk.class);

  @Configuration(proxyBeanMethods = false)
  static class Desk {

    @Bean
    SpecialistConnector crmConnector() {
      return key -> "id-of-crm";
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnStore {

    @Bean
    SessionStore store() {
      return new InMemorySessionStore();
    }
  }

  @Test
  void sessionsAreSharedWhereTheModuleIs() {
    runner.run(
        context -> {
          assertThat(context).hasSingleBean(RedisSessionStore.class);
          assertThat(context.getBean(SpecialistSessions.class).storeState().kind())
              .isEqualTo("redis");
        });
  }

  @Test
  void applicationsStartAndCallWithoutRedis() {
    runner.run(
        context -> {
          SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
          assertThat(sessions.storeState().available()).isFalse();
          assertThat(
                  sessions.call(
                      SessionKey.of("crm", "acme"), SessionPolicy.DEFAULT, SessionContext::id))
              .isEqualTo("id-of-crm");
        });
  }

  @Test
  void callsFailWithoutRedisWhereThatIsAsked() {
    runner
        .withPropertyValues("switchboard.redis.on-failure=fail")
        .run(
            context -> {
              SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
              assertThat(
                      catchThrowable(
                          () ->
                              sessions.call(
                                  SessionKey.of("crm", "acme"),
                                  SessionPolicy.DEFAULT,
                                  SessionContext::id)))
                  .hasMessage("No session of specialist 'crm': Redis cannot be reached");
            });
  }

  @Test
  void sessionsAreLocalWhereThatIsSaidOrTheModuleIsNotThere() {
    runner
        .withPropertyValues("switchboard.store=local")
        .run(context -> assertThat(context).doesNotHaveBean(SessionStore.class));
    runner
        .withClassLoader(new FilteredClassLoader("dev.switchboard.redis"))
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean(SessionStore.class);
              assertThat(context.getBean(SpecialistSessions.class).storeState().kind())
                  .isEqualTo("memory");
            });
  }

  @Test
  void theApplicationsOwnStoreWins() {
    runner
        .withUserConfiguration(OwnStore.class)
        .run(context -> assertThat(context).doesNotHaveBean(RedisSessionStore.class));
  }

  @Test
  void redisIsRefusedWithoutTheModule() {
    runner
        .withClassLoader(new FilteredClassLoader("dev.switchboard.redis"))
        .withPropertyValues("switchboard.store=redis")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessage(
                        "switchboard.store must be local where the module switchboard-redis is not"
                            + " there but was redis"));
  }

  @Test
  void anotherClientThanLettuceIsRefused() {
    Contexts.sharingRunner()
        .withUserConfiguration(Desk.class)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageContaining("there is no LettuceConnectionFactory bean"));
  }

  @Test
  void aStaticReplicaIsRefused() {
    runner
        .withPropertyValues("spring.data.redis.masterreplica.nodes=127.0.0.1:1,127.0.0.1:2")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .hasMessageStartingWith("spring.data.redis.masterreplica must not be set"));
  }

  @Test
  void badSettingsAreRefusedByTheirNames() {
    refuses("buckets must be between 1 and 1024 but was 0", "buckets=0");
    refuses("close-grace must be between PT0S and PT720H but was PT-1S", "close-grace=-1s");
    refuses("namespace must match [A-Za-z0-9._-]{1,100} but was 'a b'", "namespace=a b");
  }

  private void refuses(String sentence, String property) {
    runner
        .withPropertyValues("switchboard.redis." + property)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasStackTraceContaining("switchboard.redis." + sentence));
  }

  @Test
  void theApplicationsNameIsTheNamespaceWhateverItIs() {
    runner
        .withPropertyValues("spring.application.name=Our Concierge (blue)")
        .run(context -> assertThat(context).hasNotFailed());
  }
}
