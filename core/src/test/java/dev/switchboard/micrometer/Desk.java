package dev.switchboard.micrometer;

import dev.switchboard.InvocationObserver;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.Tenant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** Methods with a session, with retries and with both; they fail as the script says. */
class Desk {

  private final Deque<RuntimeException> script = new ArrayDeque<>();

  @Configuration(proxyBeanMethods = false)
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    @Bean
    SpecialistConnector connector() {
      return key -> "secret-id";
    }

    @Bean
    Sleeper sleeper() {
      return wait -> {};
    }

    @Bean
    Desk desk() {
      return new Desk();
    }
  }

  /** Runs within a context whose invocations are watched. */
  static void watched(InvocationObserver observer, Consumer<Desk> calls) {
    new ApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withBean(InvocationObserver.class, () -> observer)
        .run(context -> calls.accept(context.getBean(Desk.class)));
  }

  Desk fails(RuntimeException... failures) {
    script.addAll(Arrays.asList(failures));
    return this;
  }

  static RuntimeException lost() {
    return new SessionLostException("gone");
  }

  static RuntimeException down() {
    return new IllegalStateException("down");
  }

  @SpecialistSession("sales-desk")
  @RequestScopedRetry(maxRetries = 2)
  public String both(@Tenant String tenant) {
    return play();
  }

  @SpecialistSession(specialist = "sales-desk", exclusive = true)
  public String session(@Tenant String tenant) {
    return play();
  }

  @RequestScopedRetry(maxRetries = 2)
  public void retry() {
    RuntimeException failure = script.poll();
    if (failure != null) {
      throw failure;
    }
  }

  private String play() {
    retry();
    return SessionContext.current().id();
  }
}
