package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class ShutdownTests {

  static class Marketing {

    @SpecialistSession("marketing")
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  /** Needs its connection until the last session is closed. */
  static final class Connected implements SpecialistConnector, DisposableBean {

    final List<String> events = new CopyOnWriteArrayList<>();
    volatile int port;

    @Override
    public String open(SessionKey key) {
      return "id-" + key.tenant();
    }

    @Override
    public void close(SessionKey key, String id) {
      events.add("closed " + id + (isServing() ? " while serving" : ""));
    }

    private boolean isServing() {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return socket.isConnected();
      } catch (IOException e) {
        return false;
      }
    }

    @Override
    public void destroy() {
      events.add("disconnected");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    Marketing marketing() {
      return new Marketing();
    }

    @Bean
    Connected marketingConnector() {
      return new Connected();
    }
  }

  @Test
  void sessionsAreClosedAfterTheWebServerAndBeforeConnections() {
    SpringApplication boot = new SpringApplication(Application.class);
    ConfigurableApplicationContext context =
        boot.run("--server.port=0", "--server.address=localhost", "--spring.main.banner-mode=off");
    Connected connector = context.getBean(Connected.class);
    try (context) {
      connector.port =
          context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
      assertThat(connector.isServing()).isTrue();
      assertThat(context.getBean(Marketing.class).ask("acme")).isEqualTo("id-acme");
    }
    assertThat(connector.events).containsExactly("closed id-acme", "disconnected");
  }
}
