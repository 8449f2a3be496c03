package dev.switchboard.retry;

import static dev.switchboard.retry.Flaky.swallow;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.Invocation;
import java.io.IOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.aopalliance.intercept.MethodInterceptor;
import org.junit.jupiter.api.Test;
import org.springframework.aop.framework.ProxyFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.InitializingBean;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.annotation.AliasFor;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.test.util.AopTestUtils;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.web.client.HttpServerErrorException;
import reactor.core.publisher.Mono;

class RequestScopedRetryTests {

  private final FakeTicker ticker = new FakeTicker();
  private final FakeSleeper sleeper = new FakeSleeper(ticker);
  private final ApplicationContextRunner context =
      new ApplicationContextRunner()
          .withUserConfiguration(RequestScopedRetryConfiguration.class)
          .withBean(Ticker.class, () -> ticker)
          .withBean(Sleeper.class, () -> sleeper);

  /** What an agent may offer; the annotation is here. */
  interface Desk<T> {

    @RequestScopedRetry(maxRetries = 1)
    T ask(T message) throws IOException;
  }

  static class BookingDesk implements Desk<String> {

    final List<Integer> attempts = new ArrayList<>();

    @Override
    public String ask(String message) throws IOException {
      attempts.add(RetryContext.current().attempt());
      throw new IOException(message);
    }
  }

  /** A client as {@code HttpServiceProxyFactory} makes them: behind its interface is no object. */
  interface Remote {

    @RequestScopedRetry(maxRetries = 1)
    String ask() throws Exception;
  }

  @Test
  void clientThatIsMadeOfItsInterfaceIsRetried() {
    Flaky work = Flaky.times(1);
    MethodInterceptor exchange = call -> work.run(RetryContext.current());
    context
        .withBean(Remote.class, () -> ProxyFactory.getProxy(Remote.class, exchange))
        .run(started -> assertThat(started.getBean(Remote.class).ask()).isEqualTo("done in 2"));
  }

  /** Annotated on the class's method. */
  static class Planner {

    final List<Integer> attempts = new ArrayList<>();

    @RequestScopedRetry(maxRetries = 2, includes = IOException.class)
    String plan(String message) throws IOException {
      attempts.add(RetryContext.current().attempt());
      throw new IOException(message);
    }

    String idle() {
      return "idle";
    }
  }

  @Test
  void annotationOnAGenericInterfaceCountsForItsProxy() {
    context
        .withBean(BookingDesk.class)
        .run(
            started -> {
              @SuppressWarnings("unchecked")
              Desk<String> desk = started.getBean(Desk.class);
              assertThat(AopUtils.isJdkDynamicProxy(desk)).isTrue();
              assertThatThrownBy(() -> desk.ask("full"))
                  .isInstanceOf(IOException.class)
                  .hasMessage("full");
              assertThat(sleeper.waits()).hasSize(1);
            });
  }

  @Test
  void annotationOnAnInterfaceCountsForAClassProxy() {
    BookingDesk target = new BookingDesk();
    RetryOperationSource source = new RetryOperationSource(text -> text, false);
    ProxyFactory factory = new ProxyFactory(target);
    factory.setProxyTargetClass(true);
    factory.addAdvice(
        new RetryInterceptor(
            source, () -> RetryExecutor.builder().ticker(ticker).sleeper(sleeper).build()));
    BookingDesk proxy = (BookingDesk) factory.getProxy();
    swallow(() -> proxy.ask("full"));
    assertThat(target.attempts).containsExactly(1, 2);
  }

  @Test
  void interfaceMethodAndClassMethodAreOneOperation() throws Exception {
    RetryOperationSource source = new RetryOperationSource(text -> text, false);
    RetryMethod declared =
        source.find(Desk.class.getMethod("ask", Object.class), BookingDesk.class);
    assertThat(declared)
        .isNotNull()
        .isSameAs(source.find(BookingDesk.class.getMethod("ask", String.class), BookingDesk.class))
        .isSameAs(source.find(BookingDesk.class.getMethod("ask", Object.class), BookingDesk.class));
  }

  @Test
  void classIsProxiedWithoutAutoProxying() {
    context
        .withPropertyValues("spring.aop.auto=false")
        .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
        .withBean(Planner.class)
        .run(RequestScopedRetryTests::plannerIsRetriedTwice);
  }

  @Test
  void classIsProxiedWithAutoProxying() {
    context
        .withConfiguration(AutoConfigurations.of(AopAutoConfiguration.class))
        .withBean(Planner.class)
        .run(RequestScopedRetryTests::plannerIsRetriedTwice);
  }

  private static void plannerIsRetriedTwice(ApplicationContext started) {
    Planner planner = started.getBean(Planner.class);
    assertThat(AopUtils.isCglibProxy(planner)).isTrue();
    swallow(() -> planner.plan("full"));
    assertThat(target(planner).attempts).containsExactly(1, 2, 3);
    assertThat(planner.idle()).isEqualTo("idle");
  }

  private static Planner target(Planner proxy) {
    return AopTestUtils.getTargetObject(proxy);
  }

  @RequestScopedRetry(maxRetries = 1)
  @Retention(RetentionPolicy.RUNTIME)
  @interface Patiently {

    @AliasFor(annotation = RequestScopedRetry.class)
    String delay() default "3s";
  }

  static class Composed {

    @Patiently(delay = "4s")
    void ask() {
      throw new IllegalStateException();
    }
  }

  @Test
  void metaAnnotationPassesItsAttributesOn() {
    context
        .withBean(Composed.class)
        .withBean(
            RetrySettings.class,
            () ->
                RetrySettings.builder()
                    .policy(RetryPolicy.builder().jitter(Duration.ZERO).build())
                    .build())
        .run(
            started -> {
              swallow(() -> started.getBean(Composed.class).ask());
              assertThat(sleeper.waits()).containsExactly(Duration.ofSeconds(4));
            });
  }

  @RequestScopedRetry(maxRetries = 1)
  static class Base {

    int runs;

    public void ask() {
      runs++;
      throw new IllegalStateException();
    }

    @RequestScopedRetry(maxRetries = 3)
    public void tell() {
      ask();
    }

    void hidden() {
      ask();
    }

    static void helper() {}

    public int runs() {
      return runs;
    }

    private void unused() {
      helper();
    }
  }

  static class Derived extends Base implements InitializingBean {

    @Override
    public void afterPropertiesSet() {}

    @Override
    public String toString() {
      super.unused();
      return "derived";
    }
  }

  @Test
  void annotationOnASuperclassHoldsForPublicMethodsUnlessTheySayOtherwise() {
    RetryOperationSource source = new RetryOperationSource(text -> text, false);
    assertThat(source.methods(Derived.class))
        .extracting(RetryMethod::name)
        .containsExactlyInAnyOrder(
            "Derived.ask", "Derived.tell", "Derived.runs", "Derived.afterPropertiesSet");
    context
        .withBean(Derived.class)
        .run(
            started -> {
              Derived bean = started.getBean(Derived.class);
              swallow(bean::ask);
              assertThat(bean.runs()).isEqualTo(2);
              swallow(bean::tell);
              assertThat(bean.runs()).isEqualTo(6);
              swallow(bean::hidden);
              assertThat(bean.runs()).isEqualTo(7);
            });
  }

  static class Concierge {

    private final Planner planner;

    Concierge(Planner planner) {
      this.planner = planner;
    }

    @RequestScopedRetry(maxRetries = 2)
    void tour() throws IOException {
      planner.plan("full");
    }
  }

  @Test
  void nestedBeansRetriesAddUp() {
    context
        .withBean(Planner.class)
        .withBean(Concierge.class)
        .run(
            started -> {
              swallow(() -> started.getBean(Concierge.class).tour());
              assertThat(target(started.getBean(Planner.class)).attempts)
                  .containsExactly(1, 2, 3, 1, 1);
            });
  }

  static class Eager {

    @RequestScopedRetry(value = IOException.class, maxRetries = 1, delay = "${pause}")
    void ask() throws IOException {
      throw new IOException();
    }

    @RequestScopedRetry(IOException.class)
    void tell() {
      throw new IllegalStateException();
    }
  }

  /** Has its dependency made before there is a resolver for placeholders. */
  static class Early implements BeanPostProcessor {

    Early(Eager eager) {
      assertThat(eager).isNotNull();
    }
  }

  @Test
  void placeholdersOfBeansMadeEarlyAreKnown() {
    context
        .withPropertyValues("pause=7s")
        .withBean(Eager.class)
        .withBean(Early.class)
        .run(
            started -> {
              swallow(() -> started.getBean(Eager.class).ask());
              assertThat(sleeper.waits())
                  .singleElement()
                  .satisfies(wait -> assertThat(wait).isBetween(sec(7), sec(10)));
            });
  }

  private static Duration sec(int seconds) {
    return Duration.ofSeconds(seconds);
  }

  @Test
  void valueIsAnAliasForIncludes() {
    context
        .withPropertyValues("pause=7s")
        .withBean(Eager.class)
        .run(
            started -> {
              swallow(() -> started.getBean(Eager.class).tell());
              assertThat(sleeper.waits()).isEmpty();
            });
  }

  static class Named {

    int runs;

    @RequestScopedRetry(maxRetries = 1)
    void ask(String message, @RequestId String turn) {
      runs++;
      throw new IllegalStateException(message);
    }

    int runs() {
      return runs;
    }
  }

  @Test
  void requestIdParameterNamesTheRequest() {
    context
        .withBean(Named.class)
        .run(
            started -> {
              Named named = started.getBean(Named.class);
              swallow(() -> named.ask("hello", "turn 1"));
              swallow(() -> named.ask("hello", "turn 1"));
              swallow(() -> named.ask("hello", "turn 2"));
              assertThat(named.runs()).isEqualTo(5);
              assertThatThrownBy(() -> named.ask("hello", " "))
                  .hasMessage(
                      "@RequestId on parameter 2 of Named.ask: the value must not be blank");
            });
  }

  static class Later {

    final AtomicInteger runs = new AtomicInteger();

    @RequestScopedRetry(maxRetries = 1)
    CompletableFuture<String> future(@RequestId String turn) {
      return CompletableFuture.failedFuture(failure());
    }

    @RequestScopedRetry(maxRetries = 1)
    Mono<String> mono(@RequestId String turn) {
      return Mono.error(failure());
    }

    @RequestScopedRetry(maxRetries = 1)
    CompletableFuture<String> futureOfItsOwn() {
      return CompletableFuture.failedFuture(failure());
    }

    @RequestScopedRetry(maxRetries = 1)
    Mono<String> monoOfItsOwn() {
      return Mono.error(failure());
    }

    private IllegalStateException failure() {
      runs.incrementAndGet();
      return new IllegalStateException("down");
    }
  }

  @Test
  void answersThatComeLaterBelongToTheRequestThatIsNamedOrAreTheirOwn() {
    context
        .withBean(Later.class)
        .run(
            started -> {
              Later later = started.getBean(Later.class);
              AtomicInteger runs = AopTestUtils.<Later>getTargetObject(later).runs;
              for (int i = 0; i < 2; i++) {
                assertThat(later.future("turn")).failsWithin(sec(20));
                assertThat(later.mono("turn").toFuture()).failsWithin(sec(20));
              }
              assertThat(runs).as("two operations with a retry each").hasValue(6);
              for (int i = 0; i < 2; i++) {
                assertThat(later.futureOfItsOwn()).failsWithin(sec(20));
                assertThat(later.monoOfItsOwn().toFuture()).failsWithin(sec(20));
              }
              assertThat(runs).as("four calls with a retry each").hasValue(6 + 8);
              assertThat(later.future(" ")).failsWithin(sec(20));
              assertThat(later.mono(" ").toFuture()).failsWithin(sec(20));
              assertThat(runs).hasValue(6 + 8);
            });
  }

  static class Bound {

    @RequestScopedRetry
    boolean ask() throws Exception {
      Invocation invocation = Invocation.current();
      return invocation != null && invocation.isAttemptOf(Bound.class.getDeclaredMethod("ask"));
    }
  }

  @Test
  void invocationKnowsItsMethod() {
    context
        .withBean(Bound.class)
        .run(started -> assertThat(started.getBean(Bound.class).ask()).isTrue());
  }

  @Test
  void observersAndClocksThatAreBeansAreUsed() {
    Instant now = Instant.parse("2026-11-22T10:00:00Z");
    HttpHeaders headers = new HttpHeaders();
    headers.setInstant(HttpHeaders.RETRY_AFTER, now.plusSeconds(20));
    Throwable busy =
        HttpServerErrorException.create(
            HttpStatus.SERVICE_UNAVAILABLE, "busy", headers, new byte[0], null);
    List<String> told = new ArrayList<>();
    RetryObserver observer =
        new RetryObserver() {
          @Override
          public void created(RetryOperation operation) {
            told.add(operation.name());
          }
        };
    context
        .withBean(Clock.class, () -> Clock.fixed(now, ZoneOffset.UTC))
        .withBean(RetryObserver.class, () -> observer)
        .run(
            started -> {
              RetryExecutor engine = started.getBean(RetryExecutor.class);
              RetryOperation ask = engine.operation("Desk.ask", RetryPolicy.defaults());
              assertThat(told).containsExactly("Desk.ask");
              Flaky work = new Flaky(busy);
              Duration elapsed =
                  engine.call(
                      ask,
                      attempt -> {
                        work.run(attempt);
                        return attempt.elapsed();
                      });
              assertThat(sleeper.waits()).containsExactly(sec(20));
              assertThat(elapsed).isEqualTo(sec(20));
            });
  }

  @Test
  void ownEngineReplacesTheDefaultOne() {
    RetryExecutor own =
        RetryExecutor.builder().settings(RetrySettings.builder().enabled(false).build()).build();
    context
        .withBean("own", RetryExecutor.class, () -> own)
        .withBean(Planner.class)
        .run(
            started -> {
              Planner planner = started.getBean(Planner.class);
              swallow(() -> planner.plan("full"));
              assertThat(target(planner).attempts).containsExactly(1);
            });
  }

  static final class CountingTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    private final List<String> log = new ArrayList<>();

    @Override
    protected Object doGetTransaction() {
      return this;
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
      log.add("begin");
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      log.add("commit");
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
      log.add("rollback");
    }
  }

  static class Ledger {

    @Transactional
    @RequestScopedRetry(maxRetries = 2, delay = "0s")
    String write() {
      if (!RetryContext.current().isLastAttempt()) {
        throw new IllegalStateException("locked");
      }
      return "written";
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableTransactionManagement
  @Import(RequestScopedRetryConfiguration.class)
  static class Bank {

    @Bean
    CountingTransactions transactions() {
      return new CountingTransactions();
    }

    @Bean
    Ledger ledger() {
      return new Ledger();
    }
  }

  @Test
  void eachAttemptHasItsOwnTransaction() {
    try (var bank = new AnnotationConfigApplicationContext(Bank.class)) {
      assertThat(bank.getBean(Ledger.class).write()).isEqualTo("written");
      assertThat(bank.getBean(CountingTransactions.class).log)
          .containsExactly("begin", "rollback", "begin", "rollback", "begin", "commit");
    }
  }
}
