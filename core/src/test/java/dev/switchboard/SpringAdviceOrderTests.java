package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.cache.CacheManager;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.cache.annotation.EnableCaching;
import org.springframework.cache.concurrent.ConcurrentMapCacheManager;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Spring's own annotations on the same method, with Spring's own infrastructure. */
class SpringAdviceOrderTests {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Application.class);

  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  @EnableAsync
  @EnableCaching
  @EnableResilientMethods
  @EnableTransactionManagement
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

    @Bean
    CacheManager caches() {
      return new ConcurrentMapCacheManager();
    }

    @Bean
    SimpleAsyncTaskExecutor taskExecutor() {
      return new SimpleAsyncTaskExecutor("async-");
    }

    @Bean
    Transactions transactionManager() {
      return new Transactions();
    }
  }

  static class Transactions extends AbstractPlatformTransactionManager {

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

  static class Desk {

    private final List<String> seen = new CopyOnWriteArrayList<>();
    private final CompletableFuture<String> done = new CompletableFuture<>();

    public List<String> seen() {
      return seen;
    }

    public CompletableFuture<String> done() {
      return done;
    }

    @Cacheable("answers")
    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    public String cached(@Tenant String tenant) {
      seen.add(SessionContext.current().id() + " attempt " + RetryContext.current().attempt());
      if (seen.size() == 1) {
        throw new IllegalStateException("unavailable");
      }
      return "answer " + seen.size();
    }

    @Async
    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    public void later(@Tenant String tenant) {
      String thread = Thread.currentThread().getName();
      seen.add(thread + " attempt " + RetryContext.current().attempt());
      if (seen.size() == 1) {
        throw new IllegalStateException("unavailable");
      }
      done.complete(SessionContext.current().id());
    }

    @Async
    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    public CompletableFuture<String> answer(@Tenant String tenant) {
      String thread = Thread.currentThread().getName();
      seen.add(thread + " attempt " + RetryContext.current().attempt());
      return seen.size() == 1
          ? CompletableFuture.failedFuture(new IllegalStateException("unavailable"))
          : CompletableFuture.completedFuture(SessionContext.current().id());
    }

    @Retryable(maxRetries = 1, delay = 0)
    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 1)
    public String twice(@Tenant String tenant) {
      seen.add(SessionContext.current().id() + " attempt " + RetryContext.current().attempt());
      throw new IllegalStateException("unavailable");
    }

    @Async
    @Transactional
    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 1)
    public void all(@Tenant String tenant) {
      seen.add(
          "%s, transaction %s"
              .formatted(
                  SessionContext.current().id(),
                  TransactionSynchronizationManager.isActualTransactionActive()));
      done.complete(Thread.currentThread().getName());
    }
  }

  @Test
  void cacheIsInsideSoThatItsAnswersTakeASessionButNotTheBody() {
    context
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              SpecialistSessions sessions = spring.getBean(SpecialistSessions.class);
              assertThat(desk.cached("acme")).isEqualTo("answer 2");
              sessions.evictTenant("acme");
              assertThat(desk.cached("acme")).as("a failure is not kept").isEqualTo("answer 2");
              assertThat(desk.seen()).containsExactly("id-1 attempt 1", "id-1 attempt 2");
              assertThat(sessions.snapshot().total().opened()).isEqualTo(2);
            });
  }

  @Test
  void asyncIsOutsideSoThatAllAttemptsRunOnItsThreadAndInOneSession() {
    context
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              desk.later("acme");
              assertThat(desk.done().get(30, TimeUnit.SECONDS)).isEqualTo("id-1");
              assertThat(desk.seen())
                  .allMatch(run -> run.startsWith("async-"))
                  .extracting(run -> run.replaceFirst(".* attempt", "attempt"))
                  .containsExactly("attempt 1", "attempt 2");
            });
  }

  @Test
  void futureOfAnAsyncMethodIsRetriedWithinTheSession() {
    context
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              assertThat(desk.answer("acme").get(30, TimeUnit.SECONDS)).isEqualTo("id-1");
              assertThat(desk.seen())
                  .as("on whatever thread the session is opened")
                  .extracting(run -> run.replaceFirst(".* attempt", "attempt"))
                  .containsExactly("attempt 1", "attempt 2");
            });
  }

  @Test
  void springsRetriesAreOutsideAndMultiply() {
    context
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              assertThatThrownBy(() -> desk.twice("acme")).hasMessage("unavailable");
              assertThat(desk.seen())
                  .containsExactly(
                      "id-1 attempt 1", "id-1 attempt 2", "id-1 attempt 1", "id-1 attempt 2");
            });
  }

  @Test
  void allTogetherAreAsyncThenSessionThenTransaction() {
    context
        .withBean(Desk.class)
        .run(
            spring -> {
              Desk desk = spring.getBean(Desk.class);
              desk.all("acme");
              assertThat(desk.done().get(30, TimeUnit.SECONDS)).startsWith("async-");
              assertThat(desk.seen()).containsExactly("id-1, transaction true");
            });
  }
}
