package dev.switchboard.autoconfigure;

import static dev.switchboard.autoconfigure.CanaryDesk.FAIL;
import static dev.switchboard.autoconfigure.CanaryDesk.LOSE;
import static dev.switchboard.autoconfigure.CanaryDesk.PART;
import static dev.switchboard.autoconfigure.CanaryDesk.REQUEST;
import static dev.switchboard.autoconfigure.CanaryDesk.TENANT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.switchboard.autoconfigure.CanaryDesk.Leak;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Secrets are planted wherever they may be, and nothing that this library says repeats them. */
class CanaryTests {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {

    @Bean
    CanaryDesk desk() {
      return new CanaryDesk();
    }

    @Bean
    SpecialistConnector deskConnector() {
      return new CanaryDesk.Gossip();
    }

    @Bean
    SpecialistConnector learnedConnector() {
      return new CanaryDesk.Gossip();
    }
  }

  private static final List<String> PLACES =
      List.of(
          "seen",
          "returned",
          "caused by",
          "wrapped",
          "logged",
          "traced",
          "metered",
          "observed",
          "erred");

  private final CanaryEar ear = new CanaryEar();
  private final List<String> told = ear.told();
  private ConfigurableApplicationContext context;
  private CanaryDesk desk;
  private SpecialistSessions sessions;

  @BeforeEach
  void start() {
    context =
        new SpringApplicationBuilder(Application.class)
            .properties(
                "server.port=0",
                "spring.main.banner-mode=off",
                "switchboard.store=local",
                "switchboard.session.max-size=50",
                "switchboard.retry.max-requests=100",
                "management.health.redis.enabled=false",
                "management.endpoint.health.show-details=always",
                "management.endpoints.web.exposure.include=*")
            .run();
    // Not before, as Boot sets logging up anew.
    ear.startLog();
    context.getBean(ObservationRegistry.class).observationConfig().observationHandler(ear);
    desk = context.getBean(CanaryDesk.class);
    sessions = context.getBean(SpecialistSessions.class);
  }

  @AfterEach
  void stop() {
    context.close();
    ear.stopLog();
  }

  private void tell(Callable<?> call) {
    ear.tell(call);
  }

  private Object call(String tenant, CanaryDesk.Work work) {
    return desk.call(tenant, PART, REQUEST + work.hashCode(), work);
  }

  private void doAllThatCanGoWrong() {
    tell(() -> call(TENANT, () -> "answer"));
    tell(() -> call(TENANT, LOSE));
    tell(() -> call(TENANT, FAIL));
    tell(() -> call(TENANT + "refused", () -> "never"));
    tell(() -> call(TENANT.repeat(100), () -> "never"));
    tell(() -> desk.call(TENANT, " ", REQUEST, () -> "never"));
    tell(() -> desk.call(TENANT, PART, REQUEST.repeat(100), () -> "never"));
    tell(() -> call(TENANT, () -> bind(CanaryDesk.ID)));
    tell(() -> desk.learn(TENANT, CanaryDesk.ID + "\r\nX-Admin: 1"));
    tell(() -> desk.learn(TENANT, CanaryDesk.ID.repeat(1000)));
    tell(() -> desk.learn(TENANT, null));
    tell(() -> desk.learn(TENANT, CanaryDesk.ID + "learned"));
    tell(() -> desk.learn(TENANT, CanaryDesk.ID + "other"));
    for (Object names : List.of(Map.of(TENANT, TENANT), List.of(PART), TENANT, Map.of(), 7)) {
      tell(() -> desk.byExpression(look(Map.of(TENANT, TENANT)), look(names)));
      tell(() -> desk.byExpression(look(names), look(Map.of(TENANT, REQUEST))));
      tell(() -> desk.byExpression(look(Map.of(TENANT, names)), look(Map.of(TENANT, names))));
    }
    answerLater();
    tell(() -> sessions.snapshot());
    tell(() -> sessions.settings());
    tell(() -> sessions.kept());
    tell(() -> sessions.storeState());
    tell(() -> sessions.evictTenant(TENANT));
    tell(() -> call(TENANT, () -> "again"));
  }

  private void answerLater() {
    List<String> tenants = List.of(TENANT, TENANT + "refused", TENANT.repeat(100));
    for (CanaryDesk.Work work : List.<CanaryDesk.Work>of(() -> "", LOSE, FAIL)) {
      for (String tenant : tenants) {
        String id = REQUEST + tenant.length() + work.hashCode();
        tell(() -> desk.later(tenant, PART, id, work).join());
        tell(() -> desk.flow(tenant, PART, id, work).block());
      }
    }
    tell(() -> desk.later(TENANT, " ", REQUEST, () -> "never").join());
    tell(() -> desk.flow(TENANT, PART, REQUEST.repeat(100), () -> "never").block());
    CompletableFuture<Object> first = desk.never(TENANT, PART);
    CompletableFuture<Object> queued = desk.never(TENANT, PART);
    for (CompletableFuture<Object> call : List.of(queued, first)) {
      told.add(call.toString());
      call.cancel(true);
      tell(call::join);
      told.add(call.toString());
    }
  }

  private static CanaryDesk.Looked look(Object names) {
    return new CanaryDesk.Looked(names, TENANT);
  }

  private static Object bind(String id) {
    SessionContext.current().bind(id + "replaced");
    return "bound";
  }

  private String http(String method, String path, String body) {
    String port = Objects.requireNonNull(context.getEnvironment().getProperty("local.server.port"));
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
            .header("Content-Type", "application/json")
            .method(method, BodyPublishers.ofString(body))
            .build();
    try {
      return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private void askTheEndpoints() {
    tell(() -> http("GET", "/actuator/switchboard", ""));
    tell(() -> http("GET", "/actuator/health", ""));
    tell(() -> http("GET", "/actuator/metrics", ""));
    tell(() -> http("GET", "/actuator/configprops", ""));
    tell(() -> http("POST", "/actuator/switchboard", "{\"tenant\":\"" + TENANT + "\"}"));
    tell(() -> http("POST", "/actuator/switchboard", "{\"tenant\":\" \"}"));
  }

  private void describeBeans() {
    for (String name : context.getBeanDefinitionNames()) {
      Object bean = context.getBean(name);
      if (bean.getClass().getName().startsWith("dev.switchboard")) {
        told.add(bean.toString());
      }
    }
  }

  /** Returns how many lines were logged. */
  private int gatherAllThatWasSaid() {
    await().until(() -> sessions.snapshot().total().draining() == 0);
    askTheEndpoints();
    describeBeans();
    told.addAll(desk.seen());
    context
        .getBean(MeterRegistry.class)
        .getMeters()
        .forEach(meter -> told.add(meter.getId().toString()));
    context.close();
    return ear.tellLog();
  }

  @Test
  void nothingThatIsSaidRepeatsASecret() {
    doAllThatCanGoWrong();
    assertThat(gatherAllThatWasSaid()).isGreaterThan(20);
    System.out.printf("Canaries: searched %,d texts%n", told.size());
    assertThat(told).hasSizeGreaterThan(500).noneMatch(CanaryEar::leaks);
    assertThat(told).anyMatch(text -> text.contains("must not be blank"));
  }

  @Test
  void aLeakWouldBeFoundWhereverItIs() {
    desk.call(TENANT, PART, REQUEST, () -> "");
    desk.seen().add("seen " + PART);
    tell(() -> "returned " + TENANT);
    tell(
        () -> {
          throw new IllegalStateException("refused", new IOException("caused by " + TENANT));
        });
    tell(
        () -> {
          throw new CompletionException("wrapped " + REQUEST, new Leak());
        });
    Logger planted = LoggerFactory.getLogger("dev.switchboard.planted");
    planted.trace("logged {}", CanaryDesk.ID);
    planted.debug("with a trace", new IOException("traced " + TENANT));
    context.getBean(MeterRegistry.class).counter("metered", "tenant", TENANT);
    Observation.createNotStarted("observed", context.getBean(ObservationRegistry.class))
        .highCardinalityKeyValue("id", CanaryDesk.ID)
        .error(new IOException("erred " + TENANT))
        .observe(() -> {});
    assertThat(gatherAllThatWasSaid()).isPositive();

    for (String place : PLACES) {
      assertThat(told).anyMatch(text -> text.contains(place) && CanaryEar.leaks(text));
    }
    assertThat(told.stream().filter(CanaryEar::leaks)).hasSize(PLACES.size());
  }

  @Test
  void randomTenantsAndRequestsLeaveMetersAsTheyAreAndMemoryBounded() {
    SplittableRandom random = new SplittableRandom(20_261_122);
    Supplier<String> any = () -> Long.toUnsignedString(random.nextLong(), 36);
    MeterRegistry meters = context.getBean(MeterRegistry.class);
    desk.call(any.get(), any.get(), any.get(), () -> "warm");
    tell(() -> desk.call(any.get(), any.get(), any.get(), FAIL));
    tell(() -> desk.call(any.get(), any.get(), any.get(), LOSE));
    await().until(() -> sessions.snapshot().total().draining() == 0);
    Set<String> before = names(meters);
    for (int i = 0; i < 5_000; i++) {
      desk.call(any.get(), any.get(), any.get(), () -> "hello");
      desk.seen().clear();
      assertThat(sessions.kept().get("desk")).isLessThanOrEqualTo(50);
    }
    assertThat(names(meters)).isEqualTo(before);
  }

  private static Set<String> names(MeterRegistry meters) {
    Set<String> names = new HashSet<>();
    meters
        .getMeters()
        .forEach(
            meter -> {
              if (meter.getId().getName().startsWith("switchboard")) {
                names.add(meter.getId().toString());
              }
            });
    return names;
  }
}
