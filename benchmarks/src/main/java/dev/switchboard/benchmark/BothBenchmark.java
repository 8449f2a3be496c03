package dev.switchboard.benchmark;

import dev.switchboard.benchmark.SessionHitBenchmark.CaffeineCaching;
import dev.switchboard.micrometer.RetryMeters;
import dev.switchboard.micrometer.SessionMeters;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.springframework.cache.annotation.Cacheable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.resilience.annotation.EnableResilientMethods;
import org.springframework.resilience.annotation.Retryable;

/** A session hit and a retry without failure on one method, also with meters. */
public class BothBenchmark {

  static class Desk {

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 2)
    String ask(@Tenant String tenant, String message) {
      return RetryContext.current().isRetry() ? message : SessionContext.current().id();
    }
  }

  /** Ours. */
  @State(Scope.Benchmark)
  public static class Switchboard extends Application<Desk> {
    public Switchboard() {
      super(
          Desk.class,
          Desk.class,
          Ids.class,
          SpecialistSessionConfiguration.class,
          RequestScopedRetryConfiguration.class);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Meters {

    @Bean
    SimpleMeterRegistry registry() {
      return new SimpleMeterRegistry();
    }

    @Bean
    SessionMeters sessionMeters(SimpleMeterRegistry registry) {
      return new SessionMeters(registry);
    }

    @Bean
    RetryMeters retryMeters(SimpleMeterRegistry registry) {
      return new RetryMeters(registry);
    }
  }

  /** Ours, counted. */
  @State(Scope.Benchmark)
  public static class Metered extends Application<Desk> {
    public Metered() {
      super(
          Desk.class,
          Desk.class,
          Ids.class,
          Meters.class,
          SpecialistSessionConfiguration.class,
          RequestScopedRetryConfiguration.class);
    }
  }

  static class PlainDesk {

    String ask(String tenant, String message) {
      return HandWritten.Attempts.current().attempt() > 1
          ? message
          : HandWritten.Session.current().id();
    }
  }

  /** The limit. */
  @State(Scope.Benchmark)
  public static class ByHand {
    final PlainDesk bean =
        HandWritten.proxy(
            new PlainDesk(), new HandWritten.Retries(2), new HandWritten.Sessions(1_000));
  }

  static class Sessions {

    @Cacheable(cacheNames = "sessions", key = "#tenantId")
    String idOf(String tenantId) {
      return Ids.of(tenantId);
    }
  }

  static class RetryableDesk {

    private final Sessions sessions;

    RetryableDesk(Sessions sessions) {
      this.sessions = sessions;
    }

    @Retryable(maxRetries = 2)
    String ask(String tenantId, String message) {
      return sessions.idOf(tenantId);
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableResilientMethods
  static class Resilient {}

  /** Spring: the retried method asks a bean that caches ids. */
  @State(Scope.Benchmark)
  public static class Spring extends Application<RetryableDesk> {
    public Spring() {
      super(
          RetryableDesk.class,
          RetryableDesk.class,
          Sessions.class,
          CaffeineCaching.class,
          Resilient.class);
    }
  }

  @Benchmark
  public String switchboard(Switchboard desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String metered(Metered desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String handWritten(ByHand desk) {
    return desk.bean.ask("tenant-1", "hello");
  }

  @Benchmark
  public String cacheableAndRetryable(Spring desk) {
    return desk.bean.ask("tenant-1", "hello");
  }
}
