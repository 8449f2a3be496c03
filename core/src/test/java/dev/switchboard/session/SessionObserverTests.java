package dev.switchboard.session;

import static dev.switchboard.session.Engine.ACME;
import static dev.switchboard.session.Engine.GLOBEX;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

class SessionObserverTests {

  private static final SessionPolicy EXCLUSIVE = new SessionPolicy(true, List.of());

  private final Recorder told = new Recorder();

  /** Writes down what it is told. */
  private static final class Recorder implements SessionObserver {

    private final List<String> events = new CopyOnWriteArrayList<>();
    private final List<Supplier<SessionCounts>> ledgers = new CopyOnWriteArrayList<>();

    @Override
    public void settled(String specialist, SessionLimits limits, Supplier<SessionCounts> ledger) {
      events.add(specialist + " settled " + limits.maxSize());
      ledgers.add(ledger);
    }

    @Override
    public void acquired(String specialist, Acquisition outcome) {
      events.add(specialist + " acquired " + outcome);
    }

    @Override
    public void opened(String specialist, Opening outcome, long nanos) {
      events.add(specialist + " opened " + outcome + " " + Duration.ofNanos(nanos));
    }

    @Override
    public void waited(String specialist, boolean served, long nanos) {
      events.add(specialist + " waited " + served + " " + Duration.ofNanos(nanos));
    }

    @Override
    public void closed(String specialist, RemovalCause cause) {
      events.add(specialist + " closed " + cause);
    }

    List<String> events() {
      List<String> copy = List.copyOf(events);
      events.clear();
      return copy;
    }
  }

  /** Fails whatever it is told. */
  private static final class Saboteur implements SessionObserver {

    @Override
    public void settled(String specialist, SessionLimits limits, Supplier<SessionCounts> counts) {
      throw new IllegalStateException("broken");
    }

    @Override
    public void acquired(String specialist, Acquisition outcome) {
      throw new AssertionError("broken");
    }

    @Override
    public void opened(String specialist, Opening outcome, long nanos) {
      throw new NoClassDefFoundError("broken");
    }

    @Override
    public void waited(String specialist, boolean served, long nanos) {
      throw new IllegalStateException("broken");
    }

    @Override
    public void closed(String specialist, RemovalCause cause) {
      throw new IllegalStateException("broken");
    }
  }

  @Test
  void aFirstCallOpensAndTheNextHits() {
    Engine[] self = new Engine[1];
    SpecialistConnector slow =
        key -> {
          self[0].ticker.advance(Duration.ofSeconds(2));
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings, told)) {
      self[0] = engine;
      engine.idOf(ACME);
      assertThat(told.events())
          .containsExactly(
              "marketing settled 1000",
              "marketing opened OPENED PT2S",
              "marketing acquired OPENED");
      engine.idOf(ACME);
      assertThat(told.events()).containsExactly("marketing acquired HIT");
      assertThat(told.ledgers.get(0).get()).isEqualTo(engine.counts());
    }
  }

  @Test
  void whoWaitsForAnothersOpeningJoins() {
    CountDownLatch opening = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.await();
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings, told)) {
      Threads threads = new Threads();
      List<FutureTask<Throwable>> crowd = threads.start(3, () -> engine.idOf(ACME));
      threads.awaitAllWaiting();
      opening.countDown();
      crowd.forEach(Crowd::get);
      assertThat(told.events())
          .containsExactlyInAnyOrder(
              "marketing settled 1000",
              "marketing opened OPENED PT0S",
              "marketing acquired OPENED",
              "marketing acquired JOINED",
              "marketing acquired JOINED");
    }
  }

  @Test
  void whoWaitsForAnothersOpeningWithoutAThreadJoinsToo() {
    CountDownLatch opening = new CountDownLatch(1);
    SpecialistConnector slow =
        key -> {
          opening.await();
          return "id";
        };
    try (Engine engine = new Engine(slow, settings -> settings, told)) {
      List<CompletableFuture<String>> crowd = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        crowd.add(
            engine.sessions.callAsync(
                ACME,
                SessionPolicy.DEFAULT,
                session -> CompletableFuture.completedFuture(session.id())));
      }
      opening.countDown();
      assertThat(crowd)
          .allSatisfy(each -> assertThat(each.get(20, TimeUnit.SECONDS)).isEqualTo("id"));
      assertThat(told.events())
          .containsExactlyInAnyOrder(
              "marketing settled 1000",
              "marketing opened OPENED PT0S",
              "marketing acquired OPENED",
              "marketing acquired JOINED",
              "marketing acquired JOINED");
    }
  }

  @Test
  void failedOpeningIsToldAndSoIsItsAcquisition() {
    try (Engine engine = new Engine(null, settings -> settings, told)) {
      engine.specialist.failOpensWith(new IOException("down"));
      assertThatThrownBy(() -> engine.idOf(ACME)).isInstanceOf(SessionOpenException.class);
      assertThat(told.events())
          .containsExactly(
              "marketing settled 1000",
              "marketing opened FAILED PT0S",
              "marketing acquired FAILED");
    }
  }

  @Test
  void learnedAndUnwantedOpeningsAreTold() {
    Engine[] self = new Engine[1];
    SpecialistConnector connector =
        key -> {
          if ("acme".equals(key.tenant())) {
            return null;
          }
          self[0].sessions.evictTenant("globex");
          return "late";
        };
    try (Engine engine = new Engine(connector, settings -> settings, told)) {
      self[0] = engine;
      engine.sessions.call(
          ACME,
          SessionPolicy.DEFAULT,
          session -> {
            session.bind("learned");
            return 0;
          });
      assertThatThrownBy(() -> engine.idOf(GLOBEX)).isInstanceOf(SessionOpenException.class);
      engine.runCloses();
      assertThat(told.events())
          .containsExactly(
              "marketing settled 1000",
              "marketing opened LEARNING PT0S",
              "marketing acquired OPENED",
              "marketing opened UNWANTED PT0S",
              "marketing acquired FAILED",
              "marketing closed UNWANTED");
    }
  }

  @Test
  void aReopeningIsAnAcquisitionOfItsOwn() {
    try (Engine engine = new Engine(null, settings -> settings, told)) {
      engine.ask(ACME);
      engine.specialist.forgetAll();
      told.events();
      engine.ask(ACME);
      assertThat(told.events())
          .containsExactly(
              "marketing acquired HIT",
              "marketing opened OPENED PT0S",
              "marketing acquired OPENED");
    }
  }

  @Test
  void closesAreToldWithTheCauseOfLeaving() {
    try (Engine engine =
        new Engine(
            null,
            settings -> settings.defaults(new SpecialistSettings(Duration.ofMinutes(5), null, 2)),
            told)) {
      engine.idOf(ACME);
      engine.sessions.evictTenant("acme");
      engine.idOf(ACME);
      engine.idOf(GLOBEX);
      engine.idOf(SessionKey.of("marketing", "initech"));
      engine.scheduler.advance(Duration.ofMinutes(6));
      engine.specialist.failingCloses.set(1);
      engine.runCloses();
      assertThat(told.events)
          .filteredOn(event -> event.contains("closed"))
          .containsExactlyInAnyOrder(
              "marketing closed SURPLUS", "marketing closed EXPIRED", "marketing closed EXPIRED");
      engine.scheduler.advance(Duration.ofSeconds(1));
      engine.runCloses();
      assertThat(told.events).contains("marketing closed EVICTED");
      engine.idOf(ACME);
    }
    assertThat(told.events()).contains("marketing closed SHUTDOWN");
  }

  @Test
  void exclusiveWaitsAreTold() {
    try (Engine engine =
        new Engine(null, settings -> settings.exclusiveWait(Duration.ofNanos(1)), told)) {
      engine.sessions.call(
          ACME,
          EXCLUSIVE,
          session -> {
            assertThatThrownBy(
                    () ->
                        Crowd.onAnotherThread(
                            () -> engine.sessions.call(ACME, EXCLUSIVE, SessionContext::id)))
                .isInstanceOf(SessionOpenException.class);
            return 0;
          });
      assertThat(told.events())
          .contains("marketing waited true PT0S", "marketing waited false PT0S");
    }
  }

  @Test
  void exclusiveWaitsWithoutAThreadAreToldToo() {
    try (Engine engine = new Engine(null, settings -> settings, told)) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> first =
          engine.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
      CompletableFuture<String> second =
          engine.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
      engine.ticker.advance(Duration.ofSeconds(3));
      reply.complete("done");
      assertThat(first).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(second).succeedsWithin(20, TimeUnit.SECONDS);
      assertThat(told.events())
          .contains("marketing waited true PT0S", "marketing waited true PT3S");
    }
    try (Engine hurried =
        new Engine(null, settings -> settings.exclusiveWait(Duration.ofNanos(1)), told)) {
      CompletableFuture<String> reply = new CompletableFuture<>();
      CompletableFuture<String> first =
          hurried.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
      CompletableFuture<String> second =
          hurried.sessions.callAsync(ACME, EXCLUSIVE, session -> reply);
      assertThat(second).failsWithin(20, TimeUnit.SECONDS);
      assertThat(told.events()).contains("marketing waited false PT0S");
      reply.complete("done");
      assertThat(first).succeedsWithin(20, TimeUnit.SECONDS);
    }
  }

  @Test
  void failedOpeningOfACallWithoutAThreadIsTold() {
    try (Engine engine = new Engine(null, settings -> settings, told)) {
      engine.specialist.failOpensWith(new IOException("down"));
      CompletableFuture<String> asked =
          engine.sessions.callAsync(
              ACME,
              SessionPolicy.DEFAULT,
              session -> CompletableFuture.completedFuture(session.id()));
      assertThat(asked).failsWithin(20, TimeUnit.SECONDS);
      assertThat(told.events()).contains("marketing acquired FAILED");
    }
  }

  @Test
  void oneSpecialistWrittenTwoWaysIsOne() {
    try (Engine engine = new Engine(null, settings -> settings, told)) {
      engine.idOf(ACME);
      engine.idOf(SessionKey.of("mark-eting", "globex"));
      assertThat(told.events()).allMatch(event -> event.startsWith("marketing "));
    }
  }

  @Test
  void anObserverThatFailsChangesNothing() {
    try (Engine engine = new Engine(null, settings -> settings, new Saboteur())) {
      assertThat(engine.idOf(ACME)).isEqualTo(engine.idOf(ACME)).isEqualTo("id-1");
      assertThat(engine.sessions.call(GLOBEX, EXCLUSIVE, SessionContext::id)).isEqualTo("id-2");
      engine.sessions.evictTenant("acme");
      engine.runCloses();
      engine.specialist.forgetAll();
      assertThat(engine.ask(GLOBEX)).startsWith("id-3");
      assertThat(engine.counts()).isEqualTo(new SessionCounts(3, 1, 0, 1, 1, 0));
    }
  }
}
