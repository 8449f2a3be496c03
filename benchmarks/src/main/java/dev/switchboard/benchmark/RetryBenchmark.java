package dev.switchboard.benchmark;

import dev.failsafe.Failsafe;
import dev.failsafe.FailsafeExecutor;
import dev.failsafe.RetryPolicy;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import io.github.resilience4j.retry.annotation.Retry;
import io.github.resilience4j.springboot.retry.autoconfigure.RetryAutoConfiguration;
import org.aopalliance.intercept.MethodInterceptor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.retry.annotation.EnableRetry;
import org.springframework.retry.backoff.NoBackOffPolicy;
import org.springframework.retry.interceptor.RetryInterceptorBuilder;

/** A retried call that succeeds at once, and one whose first attempt fails; no delays. */
public class RetryBenchmark {

  /** Fails every other attempt where it is told to. */
  static class Work {

    private int attempts;

    String run(boolean failing) {
      if (failing && (++attempts & 1) == 1) {
        throw new IllegalStateException("the specialist is busy");
      }
      return "reply";
    }
  }

  static class Desk extends Work {

    @RequestScopedRetry(maxRetries = 2, delay = "0s")
    String ask(boolean failing) {
      return RetryContext.current().attempt() > 2 ? "" : run(failing);
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Switchboard extends Application<Desk> {
    public Switchboard() {
      super(Desk.class, Desk.class, RequestScopedRetryConfiguration.class);
    }
  }

  static class PlainDesk extends Work {

    String ask(boolean failing) {
      return HandWritten.Attempts.current().attempt() > 2 ? "" : run(failing);
    }
  }

  /** The limit. */
  @State(Scope.Benchmark)
  public static class ByHand {
    final PlainDesk bean = HandWritten.proxy(new PlainDesk(), new HandWritten.Retries(2));
  }

  static class RetryableDesk extends Work {

    @Retryable(maxRetries = 2, delay = 0)
    String ask(boolean failing) {
      return run(failing);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableResilientMethods
  static class Resilient {}

  /** Spring Framework's own. */
  @State(Scope.Benchmark)
  public static class Spring extends Application<RetryableDesk> {
    public Spring() {
      super(RetryableDesk.class, RetryableDesk.class, Resilient.class);
    }
  }

  static class SpringRetryDesk extends Work {

    @org.springframework.retry.annotation.Retryable(interceptor = "withoutDelay")
    String ask(boolean failing) {
      return run(failing);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableRetry(proxyTargetClass = true)
  static class Retrying {

    /** The annotation alone waits at least a millisecond. */
    @Bean
    MethodInterceptor withoutDelay() {
      return RetryInterceptorBuilder.stateless()
          .maxAttempts(3)
          .backOffPolicy(new NoBackOffPolicy())
          .build();
    }
  }

  /** The project spring-retry. */
  @State(Scope.Benchmark)
  public static class SpringRetry extends Application<SpringRetryDesk> {
    public SpringRetry() {
      super(SpringRetryDesk.class, SpringRetryDesk.class, Retrying.class);
    }
  }

  static class ResilienceDesk extends Work {

    @Retry(name = "desk")
    String ask(boolean failing) {
      return run(failing);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({AopAutoConfiguration.class, RetryAutoConfiguration.class})
  static class ResilienceApplication {}

  /** Resilience4j with its starter. */
  @State(Scope.Benchmark)
  public static class Resilience4j extends Application<ResilienceDesk> {
    public Resilience4j() {
      super(
          ResilienceDesk.class,
          new SpringApplicationBuilder(ResilienceApplication.class, ResilienceDesk.class)
              .web(WebApplicationType.NONE)
              .bannerMode(Banner.Mode.OFF)
              .logStartupInfo(false)
              .properties(
                  "resilience4j.retry.instances.desk.max-attempts=3",
                  "resilience4j.retry.instances.desk.wait-duration=0ms")
              .run());
    }
  }

  /** Failsafe, which has no proxies. */
  @State(Scope.Benchmark)
  public static class NoProxy {
    final Work work = new Work();
    final FailsafeExecutor<String> retries =
        Failsafe.with(RetryPolicy.<String>builder().withMaxRetries(2).build());
  }

  @Benchmark
  public String switchboard(Switchboard desk) {
    return desk.bean.ask(false);
  }

  @Benchmark
  public String handWritten(ByHand desk) {
    return desk.bean.ask(false);
  }

  @Benchmark
  public String springRetryable(Spring desk) {
    return desk.bean.ask(false);
  }

  @Benchmark
  public String springRetry(SpringRetry desk) {
    return desk.bean.ask(false);
  }

  @Benchmark
  public String resilience4j(Resilience4j desk) {
    return desk.bean.ask(false);
  }

  @Benchmark
  public String failsafe(NoProxy desk) {
    return desk.retries.get(() -> desk.work.run(false));
  }
}
