package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.AopProxyUtils;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.core.annotation.AliasFor;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** What an annotated method of a Spring bean may rely on. */
class SpecialistSessionTests {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Marketing.class, Application.class);

  static class Marketing {

    @SpecialistSession("marketing")
    public String ask(@Tenant String tenant, String message) {
      return SessionContext.current().id() + ":" + message;
    }

    @SpecialistSession("marketing")
    public String askOf(
        @Tenant("state['tenantId']") ToolContext context,
        @KeyPart UUID user,
        @KeyPart("conversation.number") Request request) {
      return SessionContext.current().key().parts().toString();
    }

    public String unadvised() {
      return ask("acme", "self");
    }
  }

  record ToolContext(Map<String, Object> state) {}

  record Conversation(int number) {}

  record Request(Conversation conversation) {}

  @Configuration
  @Import(SpecialistSessionConfiguration.class)
  static class Application {

    @Bean
    ForgetfulSpecialist connector() {
      return new ForgetfulSpecialist();
    }
  }

  @Test
  void methodRunsWithinTheSessionOfItsTenant() {
    context.run(
        spring -> {
          Marketing marketing = spring.getBean(Marketing.class);
          assertThat(marketing.ask("acme", "a")).isEqualTo("id-1:a");
          assertThat(marketing.ask("globex", "b")).isEqualTo("id-2:b");
          assertThat(marketing.ask("acme", "c")).isEqualTo("id-1:c");
          assertThatThrownBy(marketing::unadvised)
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("self-invocation");
        });
  }

  @Test
  void lostSessionIsReopenedAndTheMethodRunsOnceMore() {
    context
        .withUserConfiguration(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              desk.ask("acme");
              spring.getBean(ForgetfulSpecialist.class).forgetAll();
              assertThat(desk.ask("acme")).isEqualTo("id-2:hi");
              assertThat(desk.asked()).hasSize(3);
            });
  }

  static class Desk {

    final List<String> asked = new ArrayList<>();
    private final ForgetfulSpecialist specialist;

    Desk(ForgetfulSpecialist specialist) {
      this.specialist = specialist;
    }

    @SpecialistSession(specialist = "marketing")
    String ask(@Tenant String tenant) {
      asked.add(tenant);
      return specialist.ask(SessionContext.current(), "hi");
    }

    List<String> asked() {
      return asked;
    }
  }

  @Test
  void keyIsReadFromArgumentsByExpressionsAndByPosition() {
    UUID user = UUID.fromString("00000000-0000-0000-0000-00000000002a");
    context.run(
        spring ->
            assertThat(
                    spring
                        .getBean(Marketing.class)
                        .askOf(
                            new ToolContext(Map.of("tenantId", "acme")),
                            user,
                            new Request(new Conversation(7))))
                .isEqualTo("[" + user + ", 7]"));
  }

  @Test
  void anArgumentThatLooksLikeAnExpressionStaysText() {
    context.run(
        spring -> {
          Marketing marketing = spring.getBean(Marketing.class);
          String first = marketing.ask("#{T(java.lang.System).exit(1)}", "a");
          assertThat(marketing.ask("${user.home}", "a")).isNotEqualTo(first);
        });
  }

  @Test
  void missingOrOverlongPartsFailTheCallWithoutBeingPrinted() {
    context.run(
        spring -> {
          Marketing marketing = spring.getBean(Marketing.class);
          String place = "@SpecialistSession on Marketing.";
          Map<String, Object> state = new HashMap<>();
          state.put("tenantId", List.of("s3cret"));
          UUID user = UUID.randomUUID();
          Request request = new Request(new Conversation(1));
          assertRefused(
              () -> marketing.ask(nothing(), "a"), place + "ask: the tenant must not be null");
          assertRefused(
              () -> marketing.ask(" ", "a"),
              place + "ask: the tenant of a session key must not be blank");
          assertRefused(
              () -> marketing.ask("s3cret".repeat(100), "a"),
              place
                  + "ask: the tenant of a session key must have at most 512 characters but has 600");
          assertRefused(
              () -> marketing.askOf(new ToolContext(state), user, request),
              place + "askOf: the tenant must be a simple value but is a List12");
          assertRefused(
              () -> marketing.askOf(new ToolContext(Map.of()), user, request),
              place + "askOf: the tenant must not be null");
          assertRefused(
              () -> marketing.askOf(new ToolContext(Map.of("tenantId", "acme")), user, nothing()),
              place
                  + "askOf: the key part on parameter 3 could not be read by the expression conversation.number:"
                  + " property or field not readable on null");
          assertThat(spring.getBean(SpecialistSessions.class).snapshot().total().opened()).isZero();
        });
  }

  private static void assertRefused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class).hasMessage(message);
  }

  @SuppressWarnings({"NullAway", "TypeParameterUnusedInFormals"})
  private static <T> T nothing() {
    return null;
  }

  @Test
  void resolverAnswersWhereNoParameterDoesAndMustAgreeWhereOneDoes() {
    AtomicReference<String> caller = new AtomicReference<>("acme");
    context
        .withBean(TenantResolver.class, () -> caller::get)
        .withUserConfiguration(Resolved.class)
        .run(
            spring -> {
              Resolved resolved = spring.getBean(Resolved.class);
              Marketing marketing = spring.getBean(Marketing.class);
              assertThat(resolved.ask()).isEqualTo(marketing.ask("acme", "x").replace(":x", ""));
              assertRefused(
                  () -> marketing.ask("globex", "x"),
                  "@SpecialistSession on Marketing.ask: the tenant of the parameter is not the one"
                      + " that the TenantResolver names");
              caller.set(null);
              assertThat(marketing.ask("globex", "x")).isEqualTo("id-2:x");
              assertRefused(
                  resolved::ask,
                  "@SpecialistSession on Resolved.ask: no parameter is @Tenant and no"
                      + " TenantResolver names the tenant of this call");
            });
  }

  static class Resolved {

    @SpecialistSession("marketing")
    String ask() {
      return SessionContext.current().id();
    }
  }

  @Test
  void anApplicationWithoutTenantsNeedsNone() {
    context
        .withBean(SessionSettings.class, () -> SessionSettings.builder().withoutTenants().build())
        .withUserConfiguration(Resolved.class)
        .run(spring -> assertThat(spring.getBean(Resolved.class).ask()).isEqualTo("id-1"));
  }

  interface Questions {

    @SpecialistSession("marketing")
    String ask(@Tenant String tenant);
  }

  static class Answers implements Questions {

    @Override
    public String ask(String tenant) {
      return SessionContext.current().id();
    }
  }

  @Test
  void annotationsOfAnInterfaceCountUnderInterfaceAndClassProxies() {
    context
        .withUserConfiguration(Answers.class)
        .run(
            spring -> {
              Questions questions = spring.getBean(Questions.class);
              assertThat(AopUtils.isJdkDynamicProxy(questions)).isTrue();
              assertThat(questions.ask("acme")).isEqualTo("id-1");
            });
    context
        .withUserConfiguration(Answers.class, ClassProxies.class)
        .run(
            spring -> {
              Questions questions = spring.getBean(Questions.class);
              assertThat(AopUtils.isCglibProxy(questions)).isTrue();
              assertThat(questions.ask("acme")).isEqualTo("id-1");
            });
  }

  interface Asker<Q> {

    String ask(@Tenant Q question);
  }

  static class GenericAsker implements Asker<String> {

    @Override
    @SpecialistSession("marketing")
    public String ask(String question) {
      return SessionContext.current().id();
    }
  }

  @Test
  void aMethodOfAGenericInterfaceIsFound() {
    context
        .withUserConfiguration(GenericAsker.class)
        .run(
            spring -> {
              @SuppressWarnings("unchecked")
              Asker<String> asker = spring.getBean(Asker.class);
              assertThat(AopUtils.isJdkDynamicProxy(asker)).isTrue();
              assertThat(asker.ask("acme")).isEqualTo("id-1");
            });
  }

  @Test
  void aBeanThatIsAProxyOfItsOwnIsAdvised() {
    Questions client =
        (Questions)
            java.lang.reflect.Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Questions.class},
                (proxy, method, arguments) ->
                    method.getName().equals("ask") ? SessionContext.current().id() : 0);
    for (Class<?> configuration : List.of(Application.class, ClassProxies.class)) {
      context
          .withUserConfiguration(configuration)
          .withBean("client", Questions.class, () -> client)
          .run(spring -> assertThat(spring.getBean(Questions.class).ask("acme")).isEqualTo("id-1"));
    }
  }

  @Configuration
  @EnableTransactionManagement(proxyTargetClass = true)
  static class ClassProxies {

    @Bean
    RecordingTransactions transactionManager() {
      return new RecordingTransactions();
    }
  }

  static class RecordingTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    final List<String> sessionsSeen = new ArrayList<>();

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(
        Object transaction, org.springframework.transaction.TransactionDefinition definition) {
      sessionsSeen.add(SessionContext.current().id());
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }

  static class Accounts {

    @Transactional
    @SpecialistSession("marketing")
    public String ask(@Tenant String tenant) {
      if (SessionContext.current().id().equals("id-1")) {
        throw new SessionLostException("gone");
      }
      return SessionContext.current().id();
    }
  }

  @Test
  void sessionIsOutsideTheTransactionAndARerunHasATransactionOfItsOwn() {
    context
        .withUserConfiguration(Accounts.class, ClassProxies.class)
        .run(
            spring -> {
              assertThat(spring.getBean(Accounts.class).ask("acme")).isEqualTo("id-2");
              assertThat(spring.getBean(RecordingTransactions.class).sessionsSeen)
                  .containsExactly("id-1", "id-2");
            });
  }

  @Retention(RetentionPolicy.RUNTIME)
  @Target(ElementType.METHOD)
  @SpecialistSession(specialist = "marketing", ttl = "${marketing.ttl}")
  @interface MarketingSession {

    @AliasFor(annotation = SpecialistSession.class)
    boolean exclusive() default true;
  }

  static class Composed {

    @MarketingSession(exclusive = false)
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Test
  void annotationIsAMetaAnnotationAndTakesPlaceholders() {
    new ApplicationContextRunner()
        .withUserConfiguration(Composed.class, Application.class)
        .withPropertyValues("marketing.ttl=PT5M")
        .run(
            spring -> {
              assertThat(spring.getBean(Composed.class).ask("acme")).isEqualTo("id-1");
              SessionOperation operation =
                  spring
                      .getBean(SessionBeanPostProcessor.class)
                      .operations()
                      .operations(AopProxyUtils.ultimateTargetClass(spring.getBean(Composed.class)))
                      .iterator()
                      .next();
              assertThat(operation.stated().ttl()).hasMinutes(5);
              assertThat(operation.policy().exclusive()).isFalse();
            });
  }

  @Test
  void sessionsLiveAsLongAsTheContextAndAreClosedBeforeTheirConnectorIsDestroyed() {
    List<String> events = new ArrayList<>();
    context
        .withBean(ClosingSpecialist.class, () -> new ClosingSpecialist(events))
        .withUserConfiguration(ByQualifier.class)
        .run(spring -> spring.getBean(ByQualifier.class).ask("acme"));
    assertThat(events).containsExactly("open", "close", "destroyed");
  }

  @org.springframework.beans.factory.annotation.Qualifier("closing")
  static class ClosingSpecialist implements SpecialistConnector, AutoCloseable {

    private final List<String> events;

    ClosingSpecialist(List<String> events) {
      this.events = events;
    }

    @Override
    public String open(SessionKey key) {
      events.add("open");
      return "id";
    }

    @Override
    public void close(SessionKey key, String id) {
      events.add("close");
    }

    @Override
    public void close() {
      events.add("destroyed");
    }
  }

  static class ByQualifier {

    @SpecialistSession("closing")
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Configuration
  @Import(SpecialistSessionConfiguration.class)
  static class ScopedConnector {

    @Bean
    @Scope(value = "prototype", proxyMode = ScopedProxyMode.INTERFACES)
    SpecialistConnector agents() {
      return key -> "id";
    }
  }

  @Test
  void aConnectorBehindAScopedProxyIsOne() {
    new ApplicationContextRunner()
        .withUserConfiguration(ScopedConnector.class, Marketing.class)
        .run(
            spring ->
                assertThat(spring.getBean(Marketing.class).ask("acme", "x")).isEqualTo("id:x"));
  }

  @Configuration
  static class OwnEngine {

    @Bean
    SessionStore store() {
      return new InMemorySessionStore();
    }

    @Bean
    SpecialistSessions own(SessionStore store) {
      return SpecialistSessions.builder()
          .specialist("marketing", key -> "own")
          .store(store)
          .build();
    }
  }

  @Test
  void anApplicationsOwnEngineHasConnectorsAndStoreOfItsOwn() {
    new ApplicationContextRunner()
        .withUserConfiguration(
            OwnEngine.class, SpecialistSessionConfiguration.class, Marketing.class)
        .run(
            spring -> {
              assertThat(spring.getBean(Marketing.class).ask("acme", "x")).isEqualTo("own:x");
              SpecialistSessions own = spring.getBean("own", SpecialistSessions.class);
              assertThat(own.snapshot().total().live()).isEqualTo(1);
            });
  }
}
