package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.connector.AdkConnector;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class AdkConnectorAutoConfigurationTests {

  private final AdkServer server = new AdkServer();
  private final ApplicationContextRunner runner =
      Contexts.runnerWithRestClient().withBean(StoreFront.class);
  private final ApplicationContextRunner configured =
      runner.withPropertyValues(
          "switchboard.specialists.store-front.adk.base-url=" + server.url(),
          "switchboard.specialists.store-front.adk.app=shop");

  @AfterEach
  void stopServer() {
    server.close();
  }

  /** Public, since its proxies come from other class loaders. */
  public static class StoreFront {

    @SpecialistSession("store-front")
    public String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  private static String ask(BeanFactory context) {
    return context.getBean(StoreFront.class).ask("acme");
  }

  @Test
  void sessionsAreOpenedAndClosedWithoutCode() {
    configured.run(
        context -> {
          assertThat(ask(context)).isEqualTo("adk-1");
          context.getBean(SpecialistSessions.class).evict(SessionKey.of("store-front", "acme"));
          assertThat(server.closed.await(20, TimeUnit.SECONDS)).isTrue();
        });
    assertThat(server.requests)
        .containsExactly(
            "POST /apps/shop/users/acme/sessions", "DELETE /apps/shop/users/acme/sessions/adk-1");
  }

  @Test
  void bootsCustomizersAreUsed() {
    configured
        .withBean(
            RestClientCustomizer.class,
            () -> client -> client.defaultHeader("User-Agent", "concierge"))
        .run(
            context -> {
              ask(context);
              assertThat(server.agents).containsOnly("concierge");
            });
  }

  @Test
  void bootsBuilderIsNotNeeded() {
    Contexts.runner()
        .withBean(StoreFront.class)
        .withPropertyValues(
            "switchboard.specialists.store-front.adk.base-url=" + server.url(),
            "switchboard.specialists.store-front.adk.app=shop")
        .run(context -> assertThat(ask(context)).isEqualTo("adk-1"));
  }

  @Test
  void environmentConfiguresAConnector() {
    Sources.environment(
            runner,
            Map.of(
                "SWITCHBOARD_SPECIALISTS_STOREFRONT_ADK_BASEURL",
                server.url(),
                "SWITCHBOARD_SPECIALISTS_STOREFRONT_ADK_APP",
                "shop"))
        .withPropertyValues("switchboard.specialists.store-front.adk.app=other")
        .run(
            context -> {
              assertThat(ask(context)).isEqualTo("adk-1");
              assertThat(context).hasSingleBean(AdkConnector.class);
              assertThat(server.requests).allMatch(request -> request.contains("/apps/shop/"));
            });
  }

  @Test
  void connectorNamedForTheSpecialistWins() {
    configured
        .withBean("storeFrontConnector", SpecialistConnector.class, () -> new FakeSpecialist("own"))
        .run(context -> assertThat(ask(context)).isEqualTo("own-1"));
  }

  @Test
  void connectorQualifiedForTheSpecialistWins() {
    configured
        .withUserConfiguration(Qualified.class)
        .run(context -> assertThat(ask(context)).isEqualTo("own-1"));
  }

  @Test
  void connectorOfAnotherSpecialistDoesNot() {
    configured
        .withBean("marketing", SpecialistConnector.class, () -> new FakeSpecialist("own"))
        .run(context -> assertThat(ask(context)).isEqualTo("adk-1"));
  }

  @Test
  void eachSpecialistHasItsOwn() {
    configured
        .withPropertyValues("switchboard.specialists.research.adk.base-url=" + server.url())
        .run(
            context -> {
              assertThat(context.getBeansOfType(AdkConnector.class)).hasSize(2);
              ask(context);
              assertThat(server.requests).containsExactly("POST /apps/shop/users/acme/sessions");
            });
  }

  @Test
  void serverIsJudgedUnderLazyInitializationToo() {
    runner
        .withPropertyValues("switchboard.specialists.store-front.adk.app=shop")
        .withInitializer(Contexts::initializeLazily)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .hasRootCauseMessage("AdkConnector: baseUrl must be set"));
  }

  @Test
  void nothingIsDefinedWithoutServers() {
    runner
        .withPropertyValues("switchboard.specialists.store-front.ttl=5m")
        .withBean("storeFront", SpecialistConnector.class, () -> new FakeSpecialist("own"))
        .run(context -> assertThat(context).doesNotHaveBean(AdkConnector.class));
  }

  @Test
  void nothingIsDefinedWithoutSpringWeb() {
    configured
        .withClassLoader(new FilteredClassLoader("org.springframework.web"))
        .withBean("storeFront", SpecialistConnector.class, () -> new FakeSpecialist("own"))
        .run(context -> assertThat(ask(context)).isEqualTo("own-1"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Qualified {

    @Bean
    @Qualifier("store-front")
    FakeSpecialist shop() {
      return new FakeSpecialist("own");
    }
  }
}
