package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.lang.management.ManagementFactory;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * A coarse guard: what a call allocates, Spring's proxy included, which is the same on every
 * machine. Several beans are called, so that the compiler leaves objects in that it takes out of
 * the benchmarks' single one; what it decides differs a little from run to run. How long a call
 * takes is for those to tell.
 */
class AllocationTests {

  private static final int CALLS = 20_000;
  private static final int ROUNDS = 500;

  @Configuration(proxyBeanMethods = false)
  @Import({
    SpecialistSessionConfiguration.class,
    RequestScopedRetryConfiguration.class,
    SessionDesk.class,
    RetryDesk.class,
    BothDesk.class
  })
  static class Application {

    @Bean
    SpecialistConnector desk() {
      return key -> "id";
    }
  }

  static class SessionDesk {

    @SpecialistSession("desk")
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  static class RetryDesk {

    @RequestScopedRetry
    String ask(String message) {
      return RetryContext.current().isRetry() ? "" : message;
    }
  }

  static class BothDesk {

    @SpecialistSession("desk")
    @RequestScopedRetry
    String ask(@Tenant String tenant) {
      return RetryContext.current().isRetry() ? "" : SessionContext.current().id();
    }
  }

  @Test
  void sessionHitAllocatesLittle() {
    assertAllocatesAtMost(224, SessionDesk.class, desk -> desk.ask("acme"));
  }

  @Test
  void retryWithoutFailureAllocatesLittle() {
    assertAllocatesAtMost(240, RetryDesk.class, desk -> desk.ask("hello"));
  }

  @Test
  void bothOnOneMethodAllocateLittle() {
    assertAllocatesAtMost(416, BothDesk.class, desk -> desk.ask("acme"));
  }

  /** Calls until the compiler is done with it: only then does it allocate what it must. */
  private static <T> void assertAllocatesAtMost(
      long bytes, Class<T> type, Function<T, String> call) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    try (var context = new AnnotationConfigApplicationContext(Application.class)) {
      T desk = context.getBean(type);
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > bytes; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < CALLS; i++) {
          var unused = call.apply(desk);
        }
        least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / CALLS);
      }
      // An interceptor that does nothing has some 72; less means that nothing was called.
      assertThat(least).isBetween(72L, bytes);
    }
  }
}
