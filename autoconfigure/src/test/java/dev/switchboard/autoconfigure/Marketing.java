package dev.switchboard.autoconfigure;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A method with a session and retries; public, since its proxies come from other loaders. */
public class Marketing {

  @Configuration(proxyBeanMethods = false)
  static class Application {

    @Bean
    Marketing marketing() {
      return new Marketing();
    }

    @Bean
    FakeSpecialist marketingConnector() {
      return new FakeSpecialist("secret");
    }
  }

  @SpecialistSession(specialist = "marketing", idleTimeout = "5m")
  @RequestScopedRetry(maxRetries = 2, includes = IllegalStateException.class)
  public String ask(@Tenant String tenant) {
    return SessionContext.current().id();
  }
}
