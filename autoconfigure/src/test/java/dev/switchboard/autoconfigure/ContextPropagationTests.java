package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.PropagatingTaskDecorator;
import dev.switchboard.ThreadBindings;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import io.micrometer.context.ContextSnapshotFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.reactor.autoconfigure.ReactorAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Hooks;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Where the context of a call can be found on other threads. */
class ContextPropagationTests {

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withConfiguration(
              AutoConfigurations.of(
                  TaskExecutionAutoConfiguration.class, ReactorAutoConfiguration.class))
          .withUserConfiguration(Application.class);

  @Configuration
  @EnableAsync
  static class Application {

    @Bean
    SpecialistConnector marketingConnector() {
      return key -> "id of " + key.tenant();
    }

    @Bean
    Helper helper() {
      return new Helper();
    }

    @Bean
    Marketing marketing(Helper helper) {
      return new Marketing(helper);
    }
  }

  static class Helper {
    @Async
    CompletableFuture<String> help() {
      return CompletableFuture.completedFuture(here());
    }
  }

  static class Marketing {

    private final Helper helper;

    Marketing(Helper helper) {
      this.helper = helper;
    }

    @SpecialistSession("marketing")
    @RequestScopedRetry
    String call(@Tenant String tenant, Supplier<String> body) {
      return body.get();
    }

    @SpecialistSession("marketing")
    @RequestScopedRetry
    CompletableFuture<String> viaAsync(@Tenant String tenant) {
      return helper.help();
    }

    @Async
    @SpecialistSession("marketing")
    @RequestScopedRetry
    CompletableFuture<String> asyncItself(@Tenant String tenant) {
      return CompletableFuture.completedFuture(here() + " " + Thread.currentThread().getName());
    }

    @SpecialistSession("marketing")
    @RequestScopedRetry
    Mono<String> mono(@Tenant String tenant) {
      return Mono.delay(Duration.ofMillis(1)).map(tick -> here());
    }

    @SpecialistSession("marketing")
    @RequestScopedRetry
    Flux<String> flux(@Tenant String tenant) {
      return Flux.range(1, 3).publishOn(Schedulers.parallel()).map(number -> here() + number);
    }
  }

  private static String here() {
    return SessionContext.current().id() + "/" + RetryContext.current().attempt();
  }

  @Test
  void asyncMethodsFindTheContextOfTheirCallerAndTheirOwn() {
    runner.run(
        context -> {
          Marketing marketing = context.getBean(Marketing.class);
          assertThat(marketing.viaAsync("acme").get(20, TimeUnit.SECONDS))
              .isEqualTo("id of acme/1");
          assertThat(marketing.asyncItself("acme").get(20, TimeUnit.SECONDS))
              .startsWith("id of acme/1 task-");
          AsyncTaskExecutor executor = context.getBean(AsyncTaskExecutor.class);
          assertThat(executor.submit(() -> ThreadBindings.capture().isEmpty()).get()).isTrue();
        });
  }

  @Test
  void operatorsFindTheContextWhereReactorPropagatesIt() {
    runner
        .withPropertyValues("spring.reactor.context-propagation=auto")
        .run(
            context -> {
              try {
                Marketing marketing = context.getBean(Marketing.class);
                assertThat(marketing.mono("acme").block()).isEqualTo("id of acme/1");
                assertThat(marketing.flux("acme").collectList().block())
                    .containsExactly("id of acme/11", "id of acme/12", "id of acme/13");
                Boolean left =
                    Mono.fromCallable(() -> ThreadBindings.capture().isEmpty())
                        .subscribeOn(Schedulers.parallel())
                        .block();
                assertThat(left).isTrue();
              } finally {
                Hooks.disableAutomaticContextPropagation();
              }
            });
  }

  @Test
  void elsewhereTheErrorSaysWhatToDo() {
    runner.run(
        context -> {
          Marketing marketing = context.getBean(Marketing.class);
          assertThatThrownBy(() -> marketing.mono("acme").block())
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("in Reactor let Micrometer propagate contexts");
          assertThatThrownBy(
                  () ->
                      marketing.call(
                          "acme",
                          () ->
                              CompletableFuture.supplyAsync(ContextPropagationTests::here).join()))
              .isInstanceOf(CompletionException.class)
              .rootCause()
              .hasMessageContaining("wrap its executor with PropagatingTaskDecorator");
        });
  }

  @Test
  void snapshotsOfMicrometerCarryTheContext() {
    runner.run(
        context -> {
          String seen =
              context
                  .getBean(Marketing.class)
                  .call(
                      "acme",
                      () -> {
                        var snapshot = ContextSnapshotFactory.builder().build().captureAll();
                        return CompletableFuture.supplyAsync(
                                () -> {
                                  try (var scope = snapshot.setThreadLocals()) {
                                    return scope == null ? "" : here();
                                  }
                                })
                            .join();
                      });
          assertThat(seen).isEqualTo("id of acme/1");
        });
  }

  @Test
  void micrometersContextPropagationNeedNotBeThere() {
    Contexts.runner()
        .withClassLoader(new FilteredClassLoader("io.micrometer.context", "reactor"))
        .run(context -> assertThat(context).hasSingleBean(PropagatingTaskDecorator.class));
  }
}
