package dev.switchboard.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SessionSettings;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.SpecialistSettings;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class MetersTests {

  private static final SessionKey ACME = SessionKey.of("crm", "acme");

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();

  private SpecialistSessions sessions(SpecialistConnector connector) {
    return SpecialistSessions.builder()
        .specialist("crm", connector)
        .settings(
            SessionSettings.builder().defaults(new SpecialistSettings(null, null, 10)).build())
        .ticker(nanos::get)
        .observer(new SessionMeters(registry))
        .build();
  }

  private double value(String name, String... tags) {
    return registry
        .get("switchboard." + name)
        .tags(tags)
        .meter()
        .measure()
        .iterator()
        .next()
        .getValue();
  }

  @Test
  void sessionsAreCounted() {
    AtomicInteger runs = new AtomicInteger();
    SpecialistConnector slow =
        key -> {
          nanos.addAndGet(TimeUnit.SECONDS.toNanos(3));
          return "id";
        };
    SpecialistSessions sessions = sessions(slow);
    sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
    sessions.call(
        ACME,
        SessionPolicy.DEFAULT,
        session -> {
          if (runs.incrementAndGet() == 1) {
            throw new SessionLostException("gone");
          }
          return 0;
        });
    sessions.call(ACME, new SessionPolicy(true, List.of()), SessionContext::id);
    assertThat(value("session.acquire", "specialist", "crm", "outcome", "opened")).isEqualTo(2);
    assertThat(value("session.acquire", "outcome", "hit")).isEqualTo(2);
    assertThat(value("session.acquire", "outcome", "failed")).isZero();
    assertThat(registry.get("switchboard.session.open").tag("outcome", "opened").timer())
        .satisfies(open -> assertThat(open.count()).isEqualTo(2))
        .satisfies(open -> assertThat(open.totalTime(TimeUnit.SECONDS)).isEqualTo(6));
    assertThat(value("session.exclusive.wait", "outcome", "served")).isEqualTo(1);
    assertThat(value("session.live")).isEqualTo(1);
    assertThat(value("session.limit")).isEqualTo(10);
    assertThat(value("session.draining")).isZero();
    assertThat(value("session.lost")).isEqualTo(1);
    sessions.close();
    assertThat(value("session.live")).isZero();
    assertThat(value("session.closed", "cause", "shutdown")).isEqualTo(1);
    assertThat(value("session.unclosed")).isZero();
  }

  @Test
  void retriesAreCounted() throws Exception {
    RetryExecutor engine =
        RetryExecutor.builder()
            .ticker(nanos::get)
            .sleeper(wait -> {})
            .settings(RetrySettings.builder().budget(100, 10).build())
            .observer(new RetryMeters(registry))
            .build();
    RetryOperation ask = engine.operation("Desk.ask", RetryPolicy.builder().maxRetries(1).build());
    assertThat(value("retry.budget", "operation", "Desk.ask")).isEqualTo(100);
    engine.call(
        ask,
        context -> {
          if (!context.isRetry()) {
            throw new IOException("down");
          }
          return 0;
        });
    assertThatThrownBy(
            () ->
                engine.call(
                    ask,
                    context -> {
                      throw new IOException("down");
                    }))
        .isInstanceOf(IOException.class);
    assertThat(value("retry.retries", "outcome", "succeeded")).isEqualTo(1);
    assertThat(value("retry.retries", "outcome", "failed")).isEqualTo(1);
    assertThat(value("retry.stops", "cause", "exhausted")).isEqualTo(1);
    assertThat(value("retry.stops", "cause", "budget")).isZero();
    assertThat(value("retry.budget")).isEqualTo(90);
  }

  @Test
  void aHundredThousandTenantsAddNoMeter() {
    try (SpecialistSessions sessions = sessions(key -> "id-" + key.tenant())) {
      sessions.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      List<Meter.Id> before = registry.getMeters().stream().map(Meter::getId).toList();
      for (int i = 0; i < 100_000; i++) {
        sessions.call(
            SessionKey.of("crm", "tenant-" + i, "part-" + i),
            SessionPolicy.DEFAULT,
            SessionContext::id);
      }
      assertThat(value("session.acquire", "outcome", "opened")).isEqualTo(100_001);
      assertThat(registry.getMeters().stream().map(Meter::getId))
          .containsExactlyInAnyOrderElementsOf(before);
      assertThat(before)
          .flatExtracting(Meter.Id::getTags)
          .extracting(Tag::getValue)
          .noneMatch(value -> value.contains("acme"));
    }
  }

  @Test
  void twoEnginesMayShareARegistry() {
    try (SpecialistSessions one = sessions(key -> "id");
        SpecialistSessions other = sessions(key -> "id")) {
      one.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      other.call(ACME, SessionPolicy.DEFAULT, SessionContext::id);
      assertThat(value("session.acquire", "outcome", "opened")).isEqualTo(2);
    }
  }
}
