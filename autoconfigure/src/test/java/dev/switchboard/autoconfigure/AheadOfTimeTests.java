package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.Loopback;
import dev.switchboard.retry.RequestId;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.KeyPart;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.aop.SpringProxy;
import org.springframework.aop.framework.Advised;
import org.springframework.aop.support.AopUtils;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.DecoratingProxy;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.web.service.registry.ImportHttpServices;

/** An application whose beans were worked out by its build behaves as any other. */
class AheadOfTimeTests {

  /** What expressions read. */
  public record Turn(String tenant, String id) {}

  /** Advised by a JDK proxy. */
  public interface Storefront {

    @SpecialistSession("storefront")
    @RequestScopedRetry(maxRetries = 2, includes = IllegalArgumentException.class)
    String ask(@Tenant("['tenant']") Map<String, String> state, @RequestId("id") Turn turn);
  }

  static final class OneStorefront implements Storefront {

    @Override
    public String ask(Map<String, String> state, Turn turn) {
      return RetryContext.current().requestId() + " " + SessionContext.current().id();
    }
  }

  /** Advised by a class's proxy. */
  public static class Desk {

    @SpecialistSession("marketing")
    @RequestScopedRetry(maxRetries = 1, delay = "1ms", includes = IllegalArgumentException.class)
    public String ask(@Tenant("tenant") Turn turn, @KeyPart String chat) {
      RetryContext retry = RetryContext.current();
      if (!retry.isRetry()) {
        throw new IllegalArgumentException("failed");
      }
      return retry.attempt() + " " + SessionContext.current().id();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportHttpServices(group = "writer", types = HttpExchangeTests.Writer.class)
  @ImportAutoConfiguration({
    AdkConnectorAutoConfiguration.class,
    RequestScopedRetryAutoConfiguration.class,
    SpecialistSessionAutoConfiguration.class,
    SwitchboardContextAutoConfiguration.class,
    SwitchboardEndpointAutoConfiguration.class,
    SwitchboardHealthContributorAutoConfiguration.class,
    SwitchboardHttpAutoConfiguration.class,
    SwitchboardMetricsAutoConfiguration.class,
    SwitchboardObservationAutoConfiguration.class,
    HttpClientAutoConfiguration.class,
    ImperativeHttpClientAutoConfiguration.class,
    RestClientAutoConfiguration.class,
    HttpServiceClientPropertiesAutoConfiguration.class,
    HttpServiceClientAutoConfiguration.class
  })
  static class Application {

    @Bean
    MeterRegistry meters() {
      return new SimpleMeterRegistry();
    }

    @Bean
    ObservationRegistry observations() {
      return ObservationRegistry.create();
    }

    @Bean
    Storefront shop() {
      return new OneStorefront();
    }

    @Bean
    Desk desk() {
      return new Desk();
    }

    @Bean
    @Qualifier("writer")
    SpecialistConnector pens() {
      return new FakeSpecialist("pen");
    }

    @Bean
    FakeSpecialist storefrontConnector() {
      return new FakeSpecialist("shop");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(SpecialistSessionAutoConfiguration.class)
  static class Wrong {

    @Bean
    Closed closed() {
      return new Closed();
    }
  }

  static class Closed {

    @SpecialistSession("marketing")
    public final String ask(@Tenant String tenant) {
      return tenant;
    }
  }

  private static AnnotationConfigApplicationContext context(
      Class<?> application, String... properties) {
    AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    context.register(application);
    TestPropertyValues.of(properties).applyTo(context);
    return context;
  }

  private static TestGenerationContext processed(GenericApplicationContext context) {
    TestGenerationContext generated = new TestGenerationContext();
    new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
    generated.writeGeneratedContent();
    return generated;
  }

  @Test
  @CompileWithForkedClassLoader
  void applicationBehavesAsEver() throws IOException {
    try (Loopback server = new Loopback();
        AdkServer adk = new AdkServer()) {
      String[] properties = {
        "switchboard.http.enabled=true",
        "switchboard.store=local",
        "management.endpoints.web.exposure.include=switchboard",
        "switchboard.specialists.marketing.adk.base-url=" + adk.url(),
        "switchboard.specialists.storefront.adk.base-url=http://localhost:1",
        "switchboard.specialists.writer.session-header=X-Conversation",
        "spring.http.serviceclient.writer.base-url=" + server.at("")
      };
      Consumer<GenericApplicationContext> behaves =
          context -> {
            Storefront shop = context.getBean(Storefront.class);
            assertThat(AopUtils.isJdkDynamicProxy(shop)).isTrue();
            assertThat(shop.ask(Map.of("tenant", "acme"), new Turn("acme", "turn-7")))
                .isEqualTo("turn-7 shop-1");
            assertThat(context.getBean(Desk.class).ask(new Turn("acme", "turn-7"), "chat"))
                .isEqualTo("2 adk-1");
            server.answers(404);
            HttpExchangeTests.Writer writer = context.getBean(HttpExchangeTests.Writer.class);
            assertThat(writer.ask("acme", "7", "hello")).isEqualTo("done");
            assertThat(server.headers("X-Conversation")).containsExactly("pen-1", "pen-2");
            assertThat(server.headers("Attempt-Number")).containsExactly("1", "1");
            server.requests().clear();
            assertThat(context.getBean(SwitchboardEndpoint.class).report().specialists())
                .containsOnlyKeys("marketing", "storefront", "writer");
            assertThat(context.getBean(MeterRegistry.class).getMeters()).isNotEmpty();
          };
      List<String> beans = new ArrayList<>();
      try (GenericApplicationContext ever = context(Application.class, properties)) {
        ever.refresh();
        behaves.accept(ever);
        beans.addAll(ours(ever));
      }
      assertThat(beans).hasSizeGreaterThan(10);
      TestCompiler.forSystem()
          .with(processed(context(Application.class, properties)))
          .compile(
              compiled -> {
                try (GenericApplicationContext context = new GenericApplicationContext()) {
                  TestPropertyValues.of(properties).applyTo(context);
                  initializer(compiled.getInstance(ApplicationContextInitializer.class))
                      .initialize(context);
                  context.refresh();
                  behaves.accept(context);
                  assertThat(ours(context)).containsExactlyInAnyOrderElementsOf(beans);
                }
              });
    }
  }

  private static List<String> ours(GenericApplicationContext context) {
    return Stream.of(context.getBeanDefinitionNames())
        .filter(name -> name.toLowerCase(Locale.ROOT).contains("switchboard"))
        .toList();
  }

  @SuppressWarnings("unchecked") // generated code takes any
  private static ApplicationContextInitializer<GenericApplicationContext> initializer(
      ApplicationContextInitializer<?> generated) {
    return (ApplicationContextInitializer<GenericApplicationContext>) generated;
  }

  @Test
  void nativeImageKnowsWhatIsLookedAt() throws NoSuchMethodException {
    RuntimeHints hints =
        processed(
                context(
                    Application.class,
                    "switchboard.store=local",
                    "switchboard.specialists.marketing.adk.base-url=http://localhost:1"))
            .getRuntimeHints();
    assertThat(hints)
        .matches(
            RuntimeHintsPredicates.reflection()
                .onMethodInvocation(Storefront.class.getMethod("ask", Map.class, Turn.class)))
        .matches(
            RuntimeHintsPredicates.reflection()
                .onMethodInvocation(Desk.class.getMethod("ask", Turn.class, String.class)))
        .matches(
            RuntimeHintsPredicates.reflection().onMethodInvocation(Turn.class.getMethod("tenant")))
        .matches(
            RuntimeHintsPredicates.proxies()
                .forInterfaces(
                    Storefront.class, SpringProxy.class, Advised.class, DecoratingProxy.class));
  }

  /** As at startup, where that would be too late. */
  @Test
  void whatIsWrittenWrongStopsTheBuild() {
    assertThatThrownBy(() -> processed(context(Wrong.class, "switchboard.store=local")))
        .isInstanceOf(InvalidDeclarationException.class)
        .hasMessageContaining("the method must not be final");
  }
}
