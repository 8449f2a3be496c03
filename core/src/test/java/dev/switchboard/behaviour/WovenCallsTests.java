package dev.switchboard.behaviour;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** What only woven aspects do, and what they leave to proxies. Needs the weaver. */
class WovenCallsTests {

  private final ApplicationContextRunner proxied =
      new ApplicationContextRunner().withUserConfiguration(Application.class);
  private final ApplicationContextRunner woven =
      proxied.withPropertyValues("switchboard.advice=aspectj");

  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    final AtomicInteger opened = new AtomicInteger();

    @Bean
    SpecialistConnector connector() {
      return key -> "id-" + opened.incrementAndGet();
    }

    @Bean
    Sleeper sleeper() {
      return wait -> {};
    }
  }

  @Retention(RetentionPolicy.RUNTIME)
  @SpecialistSession("desk")
  @interface AtTheDesk {}

  @Retention(RetentionPolicy.RUNTIME)
  @AtTheDesk
  @RequestScopedRetry(maxRetries = 1)
  @interface AtTheDeskRetried {}

  static class Desk {

    public String askItself(String tenant) {
      return alone(tenant);
    }

    @SpecialistSession("desk")
    private String alone(@Tenant String tenant) {
      return tenant + " in " + SessionContext.current().id();
    }

    @SpecialistSession("desk")
    public final String last(@Tenant String tenant) {
      return SessionContext.current().id();
    }

    @SpecialistSession("desk")
    static String shared(@Tenant String tenant) {
      return SessionContext.current().id();
    }

    @AtTheDesk
    String byMeta(@Tenant String tenant) {
      return SessionContext.current().id();
    }

    @AtTheDeskRetried
    String byMetaOfMeta(@Tenant String tenant) {
      return SessionContext.current().id() + RetryContext.current().attempt();
    }
  }

  @Test
  void methodsThatNoProxyCouldOverrideAreAdvised() {
    woven
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              assertThat(AopUtils.isAopProxy(desk)).isFalse();
              assertThat(desk.askItself("acme")).isEqualTo("acme in id-1");
              assertThat(desk.last("acme")).isEqualTo("id-1");
              assertThat(Desk.shared("acme")).isEqualTo("id-1");
            });
  }

  @Test
  void metaAnnotationsAreSeen() {
    woven
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              assertThat(desk.byMeta("acme")).isEqualTo("id-1");
              assertThat(desk.byMetaOfMeta("acme")).isEqualTo("id-11");
            });
  }

  @Test
  void objectsThatSpringHasNotMadeAreAdvised() {
    woven.run(spring -> assertThat(new Desk().last("acme")).isEqualTo("id-1"));
  }

  @AtTheDeskRetried
  static class OnTheClass {

    public String ask(@Tenant String tenant) {
      return tenant;
    }
  }

  @Test
  void sessionOfAClassIsRefusedThoughSpringHasNotMadeTheObject() {
    OnTheClass desk = new OnTheClass();
    woven.run(
        spring ->
            assertThatThrownBy(() -> desk.ask("acme"))
                .isInstanceOf(InvalidDeclarationException.class)
                .hasMessage(
                    "@SpecialistSession on OnTheClass: the annotation must be on methods but"
                        + " @AtTheDeskRetried is on the class"));
  }

  @RequestScopedRetry(maxRetries = 1)
  static class Robot {

    int runs;

    public String act() {
      if (++runs == 1) {
        throw new IllegalStateException("once");
      }
      return "attempt " + RetryContext.current().attempt();
    }

    @Override
    public String toString() {
      throw new IllegalStateException("run " + ++runs);
    }
  }

  @Test
  void annotationOnATypeIsAboutItsPublicMethods() {
    woven.run(
        spring -> {
          assertThat(new Robot().act()).isEqualTo("attempt 2");
          assertThatThrownBy(() -> new Robot().toString()).hasMessage("run 1");
        });
  }

  /** States what no bean does. */
  static class Own {

    @SpecialistSession(specialist = "desk", idleTimeout = "7m")
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  /** States it otherwise. */
  static class Other {

    @SpecialistSession(specialist = "desk", idleTimeout = "8m")
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  @Test
  void settingsOfAClassThatIsNoBeanHoldWhereItIsTheFirst() {
    woven.run(
        spring -> {
          assertThat(new Own().ask("acme")).isEqualTo("id-1");
          assertThat(spring.getBean(SpecialistSessions.class).settings().get("desk"))
              .anyMatch(setting -> Duration.ofMinutes(7).equals(setting.value()));
          assertThatThrownBy(() -> new Other().ask("acme"))
              .isInstanceOf(InvalidDeclarationException.class)
              .hasMessageContaining(
                  "idleTimeout of specialist 'desk' must be one value but was 8m, and 7m on Own.ask");
        });
  }

  @Test
  void settingsOfAClassThatIsNoBeanAreRefusedWhereBeansHaveSettledOthers() {
    woven
        .withBean(Desk.class)
        .run(
            spring -> {
              for (int call = 0; call < 2; call++) {
                assertThatThrownBy(() -> new Own().ask("acme"))
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessage(
                        "@SpecialistSession on Own.ask: ttl, idleTimeout and maxSize of specialist"
                            + " 'desk' must be known at startup but this class is no bean's");
              }
            });
  }

  interface Line {

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    String call(@Tenant String tenant);
  }

  static class Phone implements Line {

    final List<Integer> attempts = new ArrayList<>();

    @Override
    public String call(String tenant) {
      attempts.add(RetryContext.current().attempt());
      throw new IllegalStateException(SessionContext.current().id());
    }
  }

  @Test
  void annotationOnAnInterfaceStaysWithTheProxyOfTheBean() {
    Phone phone = new Phone();
    woven
        .withBean(Line.class, () -> phone)
        .run(
            spring -> {
              assertThatThrownBy(() -> spring.getBean(Line.class).call("acme")).hasMessage("id-1");
              assertThat(phone.attempts).containsExactly(1, 2, 3);
            });
  }

  static class Clerk {

    int runs;

    @RequestScopedRetry(maxRetries = 1)
    String ask(String text) {
      runs++;
      throw new IllegalStateException("attempt " + RetryContext.current().attempt());
    }
  }

  static class Senior extends Clerk {

    @Override
    @RequestScopedRetry(maxRetries = 2)
    String ask(String text) {
      return super.ask(text);
    }
  }

  static class Junior extends Clerk {

    @Override
    String ask(String text) {
      return super.ask(text);
    }
  }

  @Test
  void callOfAnOverriddenMethodBelongsToTheMethodThatOverridesIt() {
    woven
        .withBean(Senior.class)
        .withBean(Junior.class)
        .run(
            spring -> {
              Senior senior = new Senior();
              assertThatThrownBy(() -> senior.ask("?")).hasMessage("attempt 3");
              assertThat(senior.runs).isEqualTo(3);
              assertThatThrownBy(() -> spring.getBean(Junior.class).ask("?"))
                  .as("the annotation of the overridden method is left to the proxy")
                  .hasMessage("attempt 2");
            });
  }

  static class Counting {

    final AtomicInteger runs = new AtomicInteger();

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    public String ask(@Tenant String tenant) {
      runs.incrementAndGet();
      throw new IllegalStateException(SessionContext.current().id());
    }
  }

  private static int runs(Counting counting, Counting target, String id) {
    target.runs.set(0);
    assertThatThrownBy(() -> counting.ask("acme")).hasMessage(id);
    return target.runs.get();
  }

  @Test
  void proxiedCallOfAWovenMethodIsAdvisedOnce() {
    Counting target = new Counting();
    proxied
        .withBean(Counting.class, () -> target)
        .run(
            context -> {
              Counting bean = context.getBean(Counting.class);
              assertThat(runs(bean, target, "id-1")).isEqualTo(3);
              woven.run(
                  other -> {
                    assertThat(runs(bean, target, "id-1")).as("both are on").isEqualTo(3);
                    new Desk().last("globex");
                    assertThat(other.getBean(SpecialistSessions.class).snapshot().total())
                        .extracting("opened")
                        .isEqualTo(1L);
                  });
              assertThat(runs(bean, target, "id-1")).as("the other is closed").isEqualTo(3);
            });
  }

  @Test
  void wovenCallThatNoContextAdvisesRunsAsItIs() {
    proxied.run(
        context ->
            assertThatThrownBy(() -> new Desk().last("acme"))
                .hasMessageStartingWith("No session here"));
  }

  @Test
  void callAfterTheContextHasClosedIsRefused() {
    woven.run(context -> new Desk().last("acme"));
    assertThatThrownBy(() -> new Desk().last("acme"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage(
            "@SpecialistSession on Desk.last: the Spring context that advises woven calls is"
                + " closed or paused");
    assertThatThrownBy(() -> new Clerk().ask("?"))
        .hasMessageContaining("@RequestScopedRetry on Clerk.ask: the Spring context");
    woven.run(context -> assertThat(new Desk().last("acme")).isEqualTo("id-1"));
  }

  @Test
  void secondContextAtATimeIsRefused() {
    woven.run(
        first -> {
          woven.run(
              second ->
                  assertThat(second)
                      .getFailure()
                      .rootCause()
                      .isInstanceOf(InvalidDeclarationException.class)
                      .hasMessageContaining(
                          "must be aspectj in one Spring context of a JVM at a time"));
          assertThat(new Desk().last("acme")).as("the first goes on").isEqualTo("id-1");
        });
  }

  @Test
  void pausedContextMakesRoomForAnother() {
    woven.run(
        first -> {
          first.getSourceApplicationContext().pause();
          woven.run(second -> assertThat(new Desk().last("acme")).isEqualTo("id-1"));
          first.getSourceApplicationContext().restart();
          assertThat(new Desk().last("acme")).isEqualTo("id-1");
        });
  }

  @Configuration
  @EnableTransactionManagement
  static class Transactions {

    @Bean
    PlatformTransactionManager transactionManager() {
      return new PseudoTransactionManager();
    }
  }

  static class PseudoTransactionManager extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {}

    @Override
    protected void doCommit(DefaultTransactionStatus status) {}

    @Override
    protected void doRollback(DefaultTransactionStatus status) {}
  }

  static class Ledger {

    @Transactional
    @RequestScopedRetry
    public String book() {
      return "booked";
    }
  }

  static class Reader {

    @Transactional
    public String read() {
      return ask();
    }

    @RequestScopedRetry
    public String ask() {
      return "attempt " + RetryContext.current().attempt();
    }
  }

  @Test
  void transactionOfAProxyAroundWovenRetriesIsRefused() {
    ApplicationContextRunner transactional = woven.withUserConfiguration(Transactions.class);
    transactional
        .withBean(Ledger.class)
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessage(
                        "@RequestScopedRetry on Ledger.book: the method's transactions must be"
                            + " woven too, since a proxy's would span all attempts"));
    transactional
        .withBean(Reader.class)
        .run(
            context ->
                assertThat(context.getBean(Reader.class).read())
                    .as("within a transaction of another method")
                    .isEqualTo("attempt 1"));
  }
}
