package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.connector.AdkConnector;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.session.InMemorySessionStore;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Whatever stops startup says where, what, and what to write instead. */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  @Import(Marketing.Application.class)
  static class Application {}

  private static void explains(
      CapturedOutput output,
      Class<?> bean,
      String description,
      String action,
      String... arguments) {
    SpringApplication boot = new SpringApplication(Application.class, bean);
    boot.setWebApplicationType(WebApplicationType.NONE);
    boot.setDefaultProperties(Map.of("switchboard.store", "local"));
    assertThat(catchThrowable(() -> boot.run(arguments).close())).isNotNull();
    assertThat(output)
        .containsSubsequence(
            "APPLICATION FAILED TO START", "Description:", description, "Action:", action);
  }

  @ParameterizedTest
  @CsvSource({
    "switchboard.session.ttl, soon",
    "switchboard.session.max-size, many",
    "switchboard.tenancy, single",
    "switchboard.wiring, lenient",
    "switchboard.specialists.marketing.idle-timeout, 5 parsecs",
    "switchboard.retry.max-retries, often",
    "switchboard.retry.includes, no.such.Type",
    "switchboard.retry.operations.Marketing.ask.delay, later",
    "switchboard.retry.budget.enabled, perhaps"
  })
  void aPropertyOfTheWrongFormIsNamedWithItsValue(
      String property, String value, CapturedOutput output) {
    explains(
        output,
        Application.class,
        value,
        "Update your application's configuration",
        "--" + property + "=" + value);
    assertThat(output).containsIgnoringCase(property);
  }

  @Configuration(proxyBeanMethods = false)
  static class BadRetrySettings {

    @Bean
    RetrySettings retries() {
      return RetrySettings.builder().requests(0, Duration.ofMinutes(1)).build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BadSessionSettings {

    @Bean
    SessionSettings sessions() {
      return SessionSettings.builder().defaults(new SpecialistSettings(null, null, 0)).build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class BadConnector {

    @Bean
    SpecialistConnector storefrontConnector() {
      return AdkConnector.builder().app("storefront").build();
    }
  }

  @Test
  void aSettingsBeanThatBreaksARuleIsNamedByItsMethod(CapturedOutput output) {
    explains(
        output,
        BadRetrySettings.class,
        "@Bean method retries of "
            + BadRetrySettings.class.getName()
            + ": maxRequests must be at least 1 but was 0",
        "Write a value there that keeps the rule");
  }

  @Test
  void soAreSettingsOfSessions(CapturedOutput output) {
    explains(
        output,
        BadSessionSettings.class,
        "@Bean method sessions of "
            + BadSessionSettings.class.getName()
            + ": maxSize must be at least 1 but was 0",
        "Write a value there that keeps the rule");
  }

  @Test
  void soIsAConnector(CapturedOutput output) {
    explains(
        output,
        BadConnector.class,
        "@Bean method storefrontConnector of "
            + BadConnector.class.getName()
            + ": AdkConnector: baseUrl must be set",
        "Write a value there that keeps the rule");
  }

  @Configuration(proxyBeanMethods = false)
  static class PickyStore {

    @Bean
    SessionStore store() {
      SessionStore target = new InMemorySessionStore();
      return (SessionStore)
          Proxy.newProxyInstance(
              getClass().getClassLoader(),
              new Class<?>[] {SessionStore.class},
              (proxy, method, arguments) -> {
                if (method.getName().equals("configure")) {
                  throw new IllegalArgumentException("idleTimeout must be at most 1m but was 5m");
                }
                return method.invoke(target, arguments);
              });
    }
  }

  @Test
  void limitsThatTheStoreRefusesAreNamedWithTheirOrigin(CapturedOutput output) {
    explains(
        output,
        PickyStore.class,
        "Specialist 'marketing' (ttl from default, idle-timeout from @SpecialistSession on"
            + " Marketing.ask, max-size from default): idleTimeout must be at most 1m but was 5m",
        "Correct the setting where it is made");
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnEngine {

    @Bean
    SpecialistSessions engine() {
      return SpecialistSessions.builder().specialist("storefront", key -> "id").build();
    }
  }

  @Test
  void anEngineOfOnesOwnThatLacksASpecialistIsExplained(CapturedOutput output) {
    explains(
        output,
        OwnEngine.class,
        "No specialist 'marketing': the engine must be built with its connector",
        "Name it: SpecialistSessions.builder().specialist(\"marketing\", connector).");
  }

  @Test
  void wovenAdviceWithoutAWeaverIsExplained(CapturedOutput output) {
    explains(
        output,
        Application.class,
        "Marketing.ask: the class must be woven, since switchboard.advice is aspectj",
        "Start the JVM with -javaagent:aspectjweaver.jar",
        "--switchboard.advice=aspectj");
  }
}
