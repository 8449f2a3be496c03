package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

@ExtendWith(OutputCaptureExtension.class)
class SpecialistSessionAutoConfigurationTests {

  private final ApplicationContextRunner runner =
      Contexts.runner().withUserConfiguration(Application.class);

  /** Public, since its proxies come from other class loaders. */
  public static class Marketing {

    @SpecialistSession("marketing")
    public String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  static class SingleTenant {

    @SpecialistSession("marketing")
    String ask() {
      return SessionContext.current().id();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Application {

    @Bean
    Marketing marketing() {
      return new Marketing();
    }

    @Bean
    FakeSpecialist marketingConnector() {
      return new FakeSpecialist("marketing");
    }
  }

  @Test
  void annotatedMethodsKeepTheirSessionsWithoutAnySetting() {
    runner.run(
        context -> {
          Marketing marketing = context.getBean(Marketing.class);
          assertThat(marketing.ask("acme")).isEqualTo("marketing-1");
          assertThat(marketing.ask("acme")).isEqualTo("marketing-1");
          assertThat(marketing.ask("globex")).isEqualTo("marketing-2");
        });
  }

  @Test
  void lazyInitializationChangesNothing() {
    runner
        .withInitializer(Contexts::initializeLazily)
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("marketing-1"));
  }

  @Test
  void settingsAreJudgedUnderLazyInitializationToo() {
    runner
        .withPropertyValues("switchboard.specialists.marketing.max-size=0")
        .withInitializer(Contexts::initializeLazily)
        .run(context -> assertThat(context).hasFailed());
  }

  @Test
  void nothingIsNeededOfSpringsOwnProxying() {
    runner
        .withPropertyValues("spring.aop.auto=false")
        .withClassLoader(new FilteredClassLoader("org.aspectj"))
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("marketing-1"));
  }

  @Test
  void springWebIsNotNeeded() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "org.springframework.web", "org.springframework.http", "jakarta.servlet"))
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("marketing-1"));
  }

  @Test
  void connectorsModuleIsNotNeeded() {
    runner
        .withClassLoader(new FilteredClassLoader("dev.switchboard.connector"))
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("marketing-1"));
  }

  @Test
  void twoContextsShareNothing() {
    runner.run(
        first ->
            runner.run(
                second -> {
                  assertThat(ask(first, "acme")).isEqualTo("marketing-1");
                  assertThat(ask(second, "acme")).isEqualTo("marketing-1");
                  assertThat(second.getBean(FakeSpecialist.class).opened).hasSize(1);
                }));
  }

  @Test
  void childContextHasAnEngineOfItsOwnAndUsesTheParentsConnector() {
    Contexts.runner()
        .withUserConfiguration(OnlyConnector.class)
        .run(
            parent ->
                Contexts.runner()
                    .withParent(parent)
                    .withBean(Marketing.class)
                    .run(
                        child -> {
                          assertThat(ask(child, "acme")).isEqualTo("marketing-1");
                          assertThat(child.getBean(SpecialistSessions.class))
                              .isNotSameAs(parent.getBean(SpecialistSessions.class));
                        }));
  }

  @Test
  void specialistThatNobodyUsesStopsStartup() {
    runner
        .withPropertyValues("switchboard.specialists.marketting.ttl=5m")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessageStartingWith("switchboard.specialists.marketting: "));
  }

  @Test
  void lenientWiringLogsWhatStrictWiringRefuses(CapturedOutput output) {
    runner
        .withPropertyValues("switchboard.specialists.marketting.ttl=5m", "switchboard.wiring=warn")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output).contains("WARN").contains("switchboard.specialists.marketting: ");
            });
  }

  @Test
  void methodWithoutTenantIsRefused() {
    runner
        .withBean(SingleTenant.class)
        .run(context -> assertThat(context).getFailure().hasMessageContaining("SingleTenant.ask"));
  }

  @Test
  void methodWithoutTenantServesAnApplicationWithoutTenants() {
    runner
        .withBean(SingleTenant.class)
        .withPropertyValues("switchboard.tenancy=none")
        .run(
            context ->
                assertThat(context.getBean(SingleTenant.class).ask()).isEqualTo("marketing-1"));
  }

  @Test
  void applicationsSettingsReplaceTheProperties() {
    SessionSettings own = SessionSettings.builder().withoutTenants().build();
    runner
        .withBean(SingleTenant.class)
        .withBean(SessionSettings.class, () -> own)
        .run(
            context -> {
              assertThat(context).getBean(SessionSettings.class).isSameAs(own);
              assertThat(context.getBean(SingleTenant.class).ask()).isEqualTo("marketing-1");
            });
  }

  @Test
  void applicationsStoreKeepsTheSessions() {
    LimitsRecorder recorder = new LimitsRecorder();
    runner
        .withBean(SessionStore.class, recorder::store)
        .run(
            context -> {
              ask(context, "acme");
              assertThat(recorder.limits).containsOnlyKeys("marketing");
            });
  }

  @Test
  void applicationsOwnEngineIsUsed() {
    runner
        .withUserConfiguration(OwnEngine.class)
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("own-1"));
  }

  @Test
  void importingTheConfigurationByHandDoesNoHarm() {
    runner
        .withUserConfiguration(ImportsByHand.class)
        .run(context -> assertThat(ask(context, "acme")).isEqualTo("marketing-1"));
  }

  private static String ask(BeanFactory context, String tenant) {
    return context.getBean(Marketing.class).ask(tenant);
  }

  @Configuration(proxyBeanMethods = false)
  static class OnlyConnector {

    @Bean
    SpecialistConnector marketingConnector() {
      return new FakeSpecialist("marketing");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnEngine {

    @Bean
    SpecialistSessions specialistSessions() {
      return SpecialistSessions.builder()
          .specialist("marketing", new FakeSpecialist("own"))
          .build();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(SpecialistSessionConfiguration.class)
  static class ImportsByHand {}
}
