package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.Setting;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

class SettingOriginTests {

  private static final Duration MINUTE = Duration.ofMinutes(1);

  static class Desk {

    @SpecialistSession("crm")
    String ask(@Tenant String tenant) {
      return tenant;
    }

    @SpecialistSession(specialist = "crm", ttl = "1m", maxSize = 5)
    String file(@Tenant String tenant) {
      return tenant;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(SpecialistSessionConfiguration.class)
  static class Application {

    @Bean
    Desk desk() {
      return new Desk();
    }

    @Bean
    SpecialistConnector crm() {
      return key -> "id";
    }
  }

  private static void given(SessionSettings.Builder settings, Setting... expected) {
    new ApplicationContextRunner()
        .withUserConfiguration(Application.class)
        .withBean(SessionSettings.class, settings::build)
        .run(
            context ->
                assertThat(context.getBean(SpecialistSessions.class).settings().get("crm"))
                    .contains(expected));
  }

  private static Setting setting(String name, @Nullable Object value, String origin) {
    return new Setting(name, value, origin);
  }

  private static SpecialistSettings maxSize(int maxSize) {
    return new SpecialistSettings(null, null, maxSize);
  }

  @Test
  void annotationsAreNamedByTheirPlace() {
    given(
        SessionSettings.builder().defaults(maxSize(9)),
        setting("ttl", MINUTE, "@SpecialistSession on Desk.file"),
        setting("idle-timeout", null, "default"),
        setting("max-size", 5, "@SpecialistSession on Desk.file"),
        setting("open-timeout", Duration.ofSeconds(30), "default"));
  }

  @Test
  void strongerPropertiesAreNamed() {
    given(
        SessionSettings.builder().specialist("crm", maxSize(7)).openTimeout(MINUTE),
        setting("max-size", 7, "switchboard.specialists.crm.max-size"),
        setting("ttl", MINUTE, "@SpecialistSession on Desk.file"),
        setting("open-timeout", MINUTE, "switchboard.session.open-timeout"),
        setting("learn-timeout", Duration.ofMinutes(2), "default"),
        setting("exclusive-wait", Duration.ofMinutes(2), "default"),
        setting("max-concurrent-opens", 64, "default"));
  }

  @Test
  void whatNobodySetsIsDefault() {
    try (Engine engine = new Engine(Engine.limits(null, MINUTE))) {
      engine.idOf(Engine.ACME);
      assertThat(engine.sessions.settings().get("marketing"))
          .contains(
              setting("ttl", null, "default"),
              setting("idle-timeout", MINUTE, "switchboard.session.idle-timeout"),
              setting("max-size", 1000, "default"));
    }
    try (Engine engine = new Engine()) {
      engine.idOf(Engine.ACME);
      assertThat(engine.sessions.settings().get("marketing"))
          .contains(
              setting("ttl", Duration.ofHours(8), "default"),
              setting("idle-timeout", Duration.ofMinutes(30), "default"));
    }
  }
}
