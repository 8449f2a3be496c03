package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLimits;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionStore;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class SessionPropertiesTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "acme");

  private final LimitsRecorder recorder = new LimitsRecorder();
  private final ApplicationContextRunner runner =
      Contexts.runner().withBean(SessionStore.class, recorder::store);

  static class StoreFront {

    @SpecialistSession(specialist = "store-front", ttl = "10m", idleTimeout = "5m", maxSize = 50)
    String ask(@Tenant String tenant) {
      return SessionContext.current().id();
    }
  }

  private SessionLimits limits(ApplicationContextRunner configured) {
    configured
        .withBean(StoreFront.class)
        .withBean("storeFront-connector", SpecialistConnector.class, this::specialist)
        .run(context -> context.getBean(StoreFront.class).ask("acme"));
    return Objects.requireNonNull(recorder.limits.get("store-front"));
  }

  private SpecialistConnector specialist() {
    return new FakeSpecialist("fake");
  }

  @Test
  void annotationWinsOverTheDefaults() {
    assertThat(
            limits(
                runner.withPropertyValues(
                    "switchboard.session.ttl=1h",
                    "switchboard.session.idle-timeout=2h",
                    "switchboard.session.max-size=7")))
        .isEqualTo(new SessionLimits(Duration.ofMinutes(10), Duration.ofMinutes(5), 50));
  }

  @Test
  void specialistsPropertiesWinOverTheAnnotation() {
    assertThat(
            limits(
                runner.withPropertyValues(
                    "switchboard.specialists.store-front.ttl=1h",
                    "switchboard.specialists.store-front.idle-timeout=PT2H",
                    "switchboard.specialists.store-front.max-size=7")))
        .isEqualTo(new SessionLimits(Duration.ofHours(1), Duration.ofHours(2), 7));
  }

  @Test
  void eachPropertyWinsAlone() {
    assertThat(limits(runner.withPropertyValues("switchboard.specialists.store-front.max-size=7")))
        .isEqualTo(new SessionLimits(Duration.ofMinutes(10), Duration.ofMinutes(5), 7));
  }

  @Test
  void yamlNamesASpecialistWithDashes() {
    String yaml =
        """
        switchboard:
          specialists:
            store-front:
              ttl: 1h
        """;
    assertThat(limits(Sources.yaml(runner, yaml)).ttl()).isEqualTo(Duration.ofHours(1));
  }

  @Test
  void environmentNamesASpecialistWithoutDashes() {
    assertThat(
            limits(
                    Sources.environment(
                        runner, Map.of("SWITCHBOARD_SPECIALISTS_STOREFRONT_TTL", "1h")))
                .ttl())
        .isEqualTo(Duration.ofHours(1));
  }

  @Test
  void environmentAndFilesMeanTheSameSpecialist() {
    assertThat(
            limits(
                Sources.environment(runner, Map.of("SWITCHBOARD_SPECIALISTS_STOREFRONT_TTL", "1h"))
                    .withPropertyValues(
                        "switchboard.specialists.store-front.ttl=3h",
                        "switchboard.specialists.store-front.max-size=7")))
        .isEqualTo(new SessionLimits(Duration.ofHours(1), Duration.ofMinutes(5), 7));
  }

  @Test
  void defaultsHoldWhereNothingIsStated() {
    assertThat(limitsOfPlainSpecialist(runner))
        .isEqualTo(new SessionLimits(Duration.ofHours(8), Duration.ofMinutes(30), 1000));
  }

  @Test
  void defaultsAreProperties() {
    assertThat(
            limitsOfPlainSpecialist(
                runner.withPropertyValues(
                    "switchboard.session.ttl=1h", "switchboard.session.max-size=7")))
        .isEqualTo(new SessionLimits(Duration.ofHours(1), null, 7));
    assertThat(
            limitsOfPlainSpecialist(
                runner.withPropertyValues("switchboard.session.idle-timeout=1h")))
        .isEqualTo(new SessionLimits(null, Duration.ofHours(1), 1000));
  }

  private SessionLimits limitsOfPlainSpecialist(ApplicationContextRunner configured) {
    configured
        .withBean("marketing", SpecialistConnector.class, this::specialist)
        .run(context -> call(context.getBean(SpecialistSessions.class)));
    return Objects.requireNonNull(recorder.limits.get("marketing"));
  }

  @Test
  void surplusSessionsLeave() {
    runner
        .withPropertyValues("switchboard.session.max-size=2")
        .withBean("marketing", SpecialistConnector.class, this::specialist)
        .run(
            context -> {
              SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
              for (String tenant : List.of("acme", "globex", "initech", "hooli")) {
                sessions.call(
                    SessionKey.of("marketing", tenant), SessionPolicy.DEFAULT, SessionContext::id);
              }
              assertThat(sessions.snapshot().total().opened()).isEqualTo(4);
              assertThat(sessions.snapshot().total().live()).isEqualTo(2);
            });
  }

  private static void call(SpecialistSessions sessions) {
    String id = sessions.call(KEY, SessionPolicy.DEFAULT, SessionContext::id);
    assertThat(id).isNotBlank();
  }
}
