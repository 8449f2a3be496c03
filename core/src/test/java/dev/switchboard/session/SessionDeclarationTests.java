package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.Elsewhere;
import dev.switchboard.InvalidDeclarationException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.support.BeanDefinitionBuilder;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.DependsOn;
import org.springframework.context.annotation.EnableAspectJAutoProxy;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Lazy;

/** What is written wrong stops startup with one sentence. */
@ExtendWith(OutputCaptureExtension.class)
class SessionDeclarationTests {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Application.class);

  @Configuration
  @Import(SpecialistSessionConfiguration.class)
  static class Application {

    @Bean
    SpecialistConnector connector() {
      return key -> "id";
    }
  }

  private void assertStopped(Class<?> bean, String sentence) {
    context
        .withUserConfiguration(bean)
        .run(spring -> assertStopped(spring.getStartupFailure(), sentence));
  }

  private static void assertStopped(@Nullable Throwable failure, String sentence) {
    Throwable root = failure;
    while (root != null && !(root instanceof InvalidDeclarationException)) {
      root = root.getCause();
    }
    assertThat(root)
        .isInstanceOfSatisfying(
            InvalidDeclarationException.class,
            invalid -> {
              assertThat(invalid).hasMessage(sentence);
              assertThat(invalid.action()).isNotBlank();
            });
  }

  static class ZeroTtl {
    @SpecialistSession(specialist = "crm", ttl = "0s")
    void ask(@Tenant String tenant) {}
  }

  static class NegativeIdle {
    @SpecialistSession(specialist = "crm", idleTimeout = "-PT1M")
    void ask(@Tenant String tenant) {}
  }

  static class BadTtl {
    @SpecialistSession(specialist = "crm", ttl = "soon")
    void ask(@Tenant String tenant) {}
  }

  static class NoUnit {
    @SpecialistSession(specialist = "crm", ttl = "30")
    void ask(@Tenant String tenant) {}
  }

  @Test
  void durationsMustBePositiveWithAUnit() {
    assertStopped(
        ZeroTtl.class, "@SpecialistSession on ZeroTtl.ask: ttl must be positive but was 0s");
    assertStopped(
        NegativeIdle.class,
        "@SpecialistSession on NegativeIdle.ask: idleTimeout must be positive but was -PT1M");
    assertStopped(
        BadTtl.class,
        "@SpecialistSession on BadTtl.ask: ttl must be a duration such as 30m or PT30M but was soon");
    assertStopped(
        NoUnit.class,
        "@SpecialistSession on NoUnit.ask: ttl must have a unit, as in 30s, but was 30");
  }

  static class ZeroSize {
    @SpecialistSession(specialist = "crm", maxSize = 0)
    void ask(@Tenant String tenant) {}
  }

  static class Unresolved {
    @SpecialistSession(specialist = "crm", ttl = "${no.such.ttl}")
    void ask(@Tenant String tenant) {}
  }

  static class BadName {
    @SpecialistSession("Booking_Desk")
    void ask(@Tenant String tenant) {}
  }

  static class NoName {
    @SpecialistSession
    void ask(@Tenant String tenant) {}
  }

  @Test
  void attributesMustKeepTheirRules() {
    assertStopped(
        ZeroSize.class, "@SpecialistSession on ZeroSize.ask: maxSize must be at least 1 but was 0");
    assertStopped(
        Unresolved.class,
        "@SpecialistSession on Unresolved.ask: ttl must have placeholders that can be resolved but"
            + " was ${no.such.ttl}");
    assertStopped(
        BadName.class,
        "@SpecialistSession on BadName.ask: specialist must match [a-z0-9-]+ but was Booking_Desk");
    assertStopped(
        NoName.class, "@SpecialistSession on NoName.ask: specialist must be named but was empty");
  }

  @SpecialistSession("crm")
  @Retention(RetentionPolicy.RUNTIME)
  @interface AsksTheCrm {}

  @AsksTheCrm
  interface Client {
    void ask(String tenant);
  }

  static class ClientOfTheCrm implements Client {
    @Override
    public void ask(@Tenant String tenant) {}
  }

  static class OnTheMethod {
    @AsksTheCrm
    void ask(@Tenant String tenant) {}
  }

  @Test
  void composedAnnotationsMustBeOnMethods() {
    assertStopped(
        ClientOfTheCrm.class,
        "@SpecialistSession on Client: the annotation must be on methods but @AsksTheCrm is on the"
            + " class");
    context
        .withUserConfiguration(OnTheMethod.class)
        .run(spring -> assertThat(spring).hasNotFailed());
  }

  static class TwoTenants {
    @SpecialistSession("crm")
    void ask(@Tenant String tenant, @Tenant String other) {}
  }

  static class BadExpression {
    @SpecialistSession("crm")
    void ask(@Tenant("state[") Map<String, String> state) {}
  }

  static class CallsAType {
    @SpecialistSession("crm")
    void ask(@Tenant("T(java.lang.Runtime).getRuntime()") Map<String, String> state) {}
  }

  static class Assigns {
    @SpecialistSession("crm")
    void ask(@Tenant String tenant, @KeyPart("name = 'x'") Map<String, String> state) {}
  }

  static class Constructs {
    @SpecialistSession("crm")
    void ask(@Tenant("new java.lang.String('x')") Map<String, String> state) {}
  }

  static class RefersToABean {
    @SpecialistSession("crm")
    void ask(@Tenant("@secrets") Map<String, String> state) {}
  }

  static class NotSimple {
    @SpecialistSession("crm")
    void ask(@Tenant Map<String, String> state) {}
  }

  @Test
  void keysMustBeReadable() {
    assertStopped(
        TwoTenants.class,
        "@SpecialistSession on TwoTenants.ask: @Tenant must stand once but stands 2 times");
    assertStopped(
        BadExpression.class,
        "@SpecialistSession on BadExpression.ask: @Tenant on parameter 1 must be an expression that"
            + " parses but was state[");
    for (Class<?> unsafe :
        new Class<?>[] {CallsAType.class, Constructs.class, RefersToABean.class}) {
      context
          .withUserConfiguration(unsafe)
          .run(
              spring ->
                  assertThat(spring.getStartupFailure())
                      .rootCause()
                      .hasMessageStartingWith(
                          "@SpecialistSession on %s.ask: @Tenant on parameter 1 must be made of"
                                  .formatted(unsafe.getSimpleName())
                              + " properties, indexes and literals only but was "));
    }
    assertStopped(
        Assigns.class,
        "@SpecialistSession on Assigns.ask: @KeyPart on parameter 2 must be made of properties,"
            + " indexes and literals only but was name = 'x'");
    assertStopped(
        NotSimple.class,
        "@SpecialistSession on NotSimple.ask: @Tenant on parameter 1 must have an expression that"
            + " finds a simple value, since the parameter is a Map");
    assertStopped(
        Misspelt.class,
        "@SpecialistSession on Misspelt.ask: @Tenant on parameter 1 must begin with a property of"
            + " Customer but was idd");
  }

  record Customer(String id) {}

  static class Misspelt {
    @SpecialistSession("crm")
    public void ask(@Tenant("idd") Customer customer) {}
  }

  static class FinalMethod {
    @SpecialistSession("crm")
    final void ask(@Tenant String tenant) {}
  }

  static class StaticMethod {
    @SpecialistSession("crm")
    static void ask(@Tenant String tenant) {}
  }

  static class PrivateMethod {
    @SpecialistSession("crm")
    @SuppressWarnings("unused")
    private void ask(@Tenant String tenant) {}
  }

  static final class FinalClass {
    @SpecialistSession("crm")
    void ask(@Tenant String tenant) {}
  }

  static class SecondMethodIsWrong {
    @SpecialistSession("crm")
    void a(@Tenant String tenant) {}

    @SpecialistSession(specialist = "crm", ttl = "0s")
    void b(@Tenant String tenant) {}
  }

  static class Future {
    @SpecialistSession("crm")
    FutureTask<String> ask(@Tenant String tenant) {
      return new FutureTask<>(() -> tenant);
    }
  }

  static class Publisher {
    @SpecialistSession("crm")
    java.util.concurrent.Flow.Publisher<String> ask(@Tenant String tenant) {
      throw new UnsupportedOperationException(tenant);
    }
  }

  interface Narrow {
    void other();
  }

  static class NotOnInterface implements Narrow {
    @Override
    public void other() {}

    @SpecialistSession("crm")
    public void ask(@Tenant String tenant) {}
  }

  @Test
  void methodsMustBeSuchThatAProxyCanAdvise() {
    assertStopped(
        FinalMethod.class,
        "@SpecialistSession on FinalMethod.ask: the method must not be final, since a proxy cannot"
            + " override it");
    assertStopped(
        StaticMethod.class,
        "@SpecialistSession on StaticMethod.ask: the method must not be static, since a proxy"
            + " cannot override it");
    assertStopped(
        PrivateMethod.class,
        "@SpecialistSession on PrivateMethod.ask: the method must not be private, since a proxy"
            + " cannot override it");
    assertStopped(
        FinalClass.class,
        "@SpecialistSession on FinalClass.ask: the class must not be final, since a proxy cannot"
            + " extend it");
    assertStopped(
        SecondMethodIsWrong.class,
        "@SpecialistSession on SecondMethodIsWrong.b: ttl must be positive but was 0s");
    assertStopped(
        NotOnInterface.class,
        "@SpecialistSession on NotOnInterface.ask: the method must be on an interface of its class,"
            + " since the bean's proxy has only those");
  }

  @Test
  void answersThatCannotBeFollowedAreRefused() {
    assertStopped(
        Future.class,
        "@SpecialistSession on Future.ask: the return type must be a value, CompletableFuture,"
            + " CompletionStage, Future, Mono, Flux or Publisher (with Reactor) but was FutureTask");
    assertStopped(
        Publisher.class,
        "@SpecialistSession on Publisher.ask: the return type must be a value, CompletableFuture,"
            + " CompletionStage, Future, Mono, Flux or Publisher (with Reactor) but was Publisher");
  }

  static class Crm {
    @SpecialistSession("crm")
    void ask(@Tenant String tenant) {}
  }

  static class BookingDesk {
    @SpecialistSession(specialist = "booking-desk", ttl = "30m", maxSize = 5)
    void ask(@Tenant String tenant) {}
  }

  static class OtherBookingDesk {
    @SpecialistSession(specialist = "bookingdesk", ttl = "1h")
    void tell(@Tenant String tenant) {}
  }

  @Test
  void aSpecialistMustHaveOneConnector() {
    new ApplicationContextRunner()
        .withUserConfiguration(SpecialistSessionConfiguration.class, BookingDesk.class)
        .run(
            spring -> {
              assertStopped(
                  spring.getStartupFailure(),
                  "@SpecialistSession on BookingDesk.ask: specialist 'booking-desk' must have a"
                      + " connector but no SpecialistConnector bean fits");
              assertThat(spring.getStartupFailure())
                  .extracting(e -> ((InvalidDeclarationException) e).action())
                  .asString()
                  .contains("Correct the name", "bookingDeskConnector");
            });
    context
        .withBean("another", SpecialistConnector.class, () -> key -> "id")
        .withUserConfiguration(Crm.class)
        .run(
            spring -> {
              assertStopped(
                  spring.getStartupFailure(),
                  "@SpecialistSession on Crm.ask: specialist 'crm' must have one connector but"
                      + " these fit: another, connector");
              assertThat(spring.getStartupFailure())
                  .extracting(e -> ((InvalidDeclarationException) e).action())
                  .asString()
                  .contains("Correct the name", "crmConnector", "@Qualifier(\"crm\")");
            });
  }

  @Test
  void primaryDoesNotChooseAmongConnectors() {
    context
        .withUserConfiguration(Crm.class)
        .withBean(
            "main",
            SpecialistConnector.class,
            () -> key -> "id",
            definition -> definition.setPrimary(true))
        .run(
            spring ->
                assertStopped(
                    spring.getStartupFailure(),
                    "@SpecialistSession on Crm.ask: specialist 'crm' must have one connector but"
                        + " these fit: connector, main"));
  }

  @Configuration
  static class NoConnector {

    @Bean
    @Nullable SpecialistConnector crmConnector() {
      return null;
    }
  }

  @Test
  void aSpecialistsConnectorMustNotBeNull() {
    context
        .withUserConfiguration(Crm.class, NoConnector.class)
        .run(
            spring ->
                assertStopped(
                    spring.getStartupFailure(),
                    "@SpecialistSession on Crm.ask: specialist 'crm' must have a connector but the"
                        + " bean crmConnector is null"));
  }

  @Configuration
  static class Connectors {

    @Bean
    SpecialistConnector bookingDeskConnector() {
      return key -> "by-name";
    }

    @Bean
    @Qualifier("crm")
    SpecialistConnector someBean() {
      return key -> "by-qualifier";
    }
  }

  static class Ids {
    @SpecialistSession("booking-desk")
    String booking(@Tenant String tenant) {
      return SessionContext.current().id();
    }

    @SpecialistSession("crm")
    String crm(@Tenant String tenant) {
      return SessionContext.current().id();
    }

    @SpecialistSession("billing")
    String billing(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Test
  void connectorIsFoundByNameByQualifierElseItIsTheOneThatIsForNoOther() {
    context
        .withUserConfiguration(Connectors.class, Ids.class)
        .run(
            spring -> {
              Ids ids = spring.getBean(Ids.class);
              assertThat(ids.booking("acme")).isEqualTo("by-name");
              assertThat(ids.crm("acme")).isEqualTo("by-qualifier");
              assertThat(ids.billing("acme")).isEqualTo("id");
            });
  }

  @Test
  void settingsOfOneSpecialistMustAgree() {
    context
        .withUserConfiguration(BookingDesk.class, OtherBookingDesk.class)
        .run(
            spring ->
                assertStopped(
                    spring.getStartupFailure(),
                    "@SpecialistSession on OtherBookingDesk.tell: ttl of specialist 'booking-desk'"
                        + " must be one value but was 1h, and 30m on BookingDesk.ask"));
    context
        .withUserConfiguration(BookingDesk.class, OtherBookingDesk.class)
        .withBean(
            SessionSettings.class,
            () ->
                SessionSettings.builder()
                    .specialist(
                        "booking-desk", new SpecialistSettings(Duration.ofHours(2), null, null))
                    .build())
        .run(spring -> assertThat(spring).hasNotFailed());
  }

  @Test
  void settingsMustBeForASpecialistThatIsCalled() {
    SessionSettings.Builder settings =
        SessionSettings.builder().specialist("cmr", SpecialistSettings.NONE);
    context
        .withUserConfiguration(Crm.class)
        .withBean(SessionSettings.class, settings::build)
        .run(
            spring ->
                assertStopped(
                    spring.getStartupFailure(),
                    "switchboard.specialists.cmr: the specialist must be one that is called but no"
                        + " method names it; those called are [crm]"));
    context
        .withUserConfiguration(Crm.class)
        .withBean("cmrConnector", SpecialistConnector.class, () -> key -> "id")
        .withBean(SessionSettings.class, settings::build)
        .run(spring -> assertThat(spring).hasNotFailed());
  }

  static class NoTenant {
    @SpecialistSession("crm")
    void ask(String message) {}
  }

  @Test
  void aTenantMustComeFromSomewhere() {
    assertStopped(
        NoTenant.class,
        "@SpecialistSession on NoTenant.ask: a tenant must come from somewhere but no parameter is"
            + " @Tenant and no TenantResolver bean answers");
  }

  @Configuration
  @Lazy
  static class LazyBeans {

    @Bean
    NoTenant noTenant() {
      throw new IllegalStateException("a lazy bean must not be created to be judged");
    }
  }

  @Test
  void lazyBeansAreJudgedWithoutBeingCreated() {
    context
        .withUserConfiguration(LazyBeans.class)
        .run(
            spring ->
                assertThat(spring.getStartupFailure())
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessageStartingWith("@SpecialistSession on NoTenant.ask: a tenant"));
  }

  interface Counter {
    String ask(String tenant);
  }

  static class OneKept implements Counter {
    @SpecialistSession(specialist = "crm", maxSize = 1)
    @Override
    public String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  static class NineKept {
    @SpecialistSession(specialist = "crm", maxSize = 9)
    void ask(@Tenant String tenant) {}
  }

  static class SilentDesk {
    @SpecialistSession("crm")
    void ask(@Tenant String tenant) {}
  }

  @Configuration
  static class HiddenBeans {

    @Bean
    @Lazy
    Counter counter() {
      return new OneKept();
    }
  }

  @Test
  void whatABeansTypeHidesCountsOnceTheBeanIsMade() {
    context
        .withUserConfiguration(HiddenBeans.class)
        .run(
            spring -> {
              assertThat(spring.getBean(Counter.class).ask("acme")).isEqualTo("id");
              assertThat(spring.getBean(SpecialistSessions.class).settings().get("crm"))
                  .anyMatch(setting -> Integer.valueOf(1).equals(setting.value()));
            });
  }

  @Test
  void whatABeansTypeHidesMustAgreeWithWhatIsKnown() {
    context
        .withUserConfiguration(HiddenBeans.class, NineKept.class)
        .run(
            spring ->
                assertStopped(
                    catchThrowable(() -> spring.getBean(Counter.class)),
                    "@SpecialistSession on OneKept.ask: maxSize of specialist 'crm' must be one"
                        + " value but was 1, and 9 on NineKept.ask"));
    context
        .withUserConfiguration(HiddenBeans.class, SilentDesk.class)
        .run(
            spring ->
                assertStopped(
                    catchThrowable(() -> spring.getBean(Counter.class)),
                    "@SpecialistSession on OneKept.ask: ttl, idleTimeout and maxSize of specialist"
                        + " 'crm' must be known at startup but this bean's type does not tell its"
                        + " class"));
  }

  record Holder(Counter counter) {}

  @Test
  void whatAnInnerBeanStatesCounts() {
    BeanDefinition inner = new RootBeanDefinition(OneKept.class);
    BeanDefinition outer =
        BeanDefinitionBuilder.genericBeanDefinition(Holder.class)
            .addConstructorArgValue(inner)
            .getBeanDefinition();
    context
        .withInitializer(
            spring ->
                ((BeanDefinitionRegistry) spring.getBeanFactory())
                    .registerBeanDefinition("holder", outer))
        .run(
            spring -> {
              assertThat(spring.getBean(Holder.class).counter().ask("acme")).isEqualTo("id");
              assertThat(spring.getBean(SpecialistSessions.class).settings().get("crm"))
                  .anyMatch(setting -> Integer.valueOf(1).equals(setting.value()));
            });
  }

  @Configuration
  static class CallingBeans {

    @Bean
    Object early(SilentDesk desk) {
      desk.ask("acme");
      return "called";
    }

    @Bean
    @DependsOn("early")
    Counter counter() {
      return new OneKept();
    }
  }

  @Test
  void whatIsSettledByACallDuringStartupIsNotStatedAfterIt() {
    context
        .withUserConfiguration(SilentDesk.class)
        .withUserConfiguration(CallingBeans.class)
        .run(
            spring ->
                assertStopped(
                    spring.getStartupFailure(),
                    "@SpecialistSession on OneKept.ask: ttl, idleTimeout and maxSize of specialist"
                        + " 'crm' must be known at startup but this bean's type does not tell its"
                        + " class"));
  }

  @Test
  void lenientWiringWarnsOfWhatABeansTypeHides(CapturedOutput output) {
    context
        .withUserConfiguration(HiddenBeans.class, NineKept.class)
        .withBean(SessionSettings.class, () -> SessionSettings.builder().lenientWiring().build())
        .run(
            spring -> {
              assertThat(spring.getBean(Counter.class).ask("acme")).isEqualTo("id");
              assertThat(output).contains("maxSize of specialist 'crm' must be one value");
            });
  }

  static class Inheriting extends Elsewhere {}

  @Test
  void methodsMustBeVisibleWhereTheProxyIs() {
    assertStopped(
        Inheriting.class,
        "@SpecialistSession on Inheriting.ask: the method must not be package-private in a"
            + " superclass of another package, since a proxy cannot override it");
  }

  record Recorded(String name) implements Counter {
    @SpecialistSession("crm")
    @Override
    public String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Configuration
  @EnableAspectJAutoProxy(proxyTargetClass = true)
  static class FinalClassWithInterface {

    @Bean
    Counter counter() {
      return new Recorded("desk");
    }
  }

  @Test
  void aFinalClassIsAdvisedThroughItsInterface() {
    context
        .withUserConfiguration(FinalClassWithInterface.class)
        .run(spring -> assertThat(spring.getBean(Counter.class).ask("acme")).isEqualTo("id"));
  }

  @Test
  void lenientWiringWarnsInstead(CapturedOutput output) {
    new ApplicationContextRunner()
        .withUserConfiguration(
            SpecialistSessionConfiguration.class, NoTenant.class, BookingDesk.class)
        .withBean(SessionSettings.class, () -> SessionSettings.builder().lenientWiring().build())
        .run(
            spring -> {
              assertThat(spring).hasNotFailed();
              assertThat(output)
                  .contains("a tenant must come from somewhere")
                  .contains("specialist 'booking-desk' must have a connector");
            });
  }

  @Test
  void lenientWiringStillJudgesWhatIsWritten() {
    context
        .withUserConfiguration(ZeroTtl.class)
        .withBean(SessionSettings.class, () -> SessionSettings.builder().lenientWiring().build())
        .run(spring -> assertThat(spring).hasFailed());
  }
}
