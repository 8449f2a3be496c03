package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSessions;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A wait that its property does not end would last minutes, and fail by the time-out. */
@Timeout(20)
class SessionWaitsTests {

  private static final SessionKey KEY = SessionKey.of("marketing", "acme");

  @Test
  void openTimeoutEndsTheWaitForAnothersOpening() {
    CountDownLatch opening = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicInteger opened = new AtomicInteger();
    SpecialistConnector slow =
        key -> {
          if (opened.incrementAndGet() == 1) {
            opening.countDown();
            end.await();
          }
          return "id";
        };
    Contexts.runner()
        .withPropertyValues("switchboard.session.open-timeout=1ms")
        .withBean("marketing", SpecialistConnector.class, () -> slow)
        .run(
            context -> {
              SpecialistSessions sessions = context.getBean(SpecialistSessions.class);
              Thread leader =
                  start(() -> sessions.call(KEY, SessionPolicy.DEFAULT, SessionContext::id));
              opening.await();
              refusedOrNext(sessions);
              end.countDown();
              leader.join();
            });
  }

  @Test
  void learnTimeoutEndsTheWaitForAnothersFirstReply() {
    SpecialistConnector learned = key -> null;
    Contexts.runner()
        .withPropertyValues("switchboard.session.learn-timeout=1ms")
        .withBean("marketing", SpecialistConnector.class, () -> learned)
        .run(
            context ->
                duringACall(
                    context.getBean(SpecialistSessions.class),
                    SessionPolicy.DEFAULT,
                    SessionWaitsTests::refusedOrNext));
  }

  @Test
  void exclusiveWaitEndsTheWaitForATurn() {
    SessionPolicy exclusive = new SessionPolicy(true, List.of());
    Contexts.runner()
        .withPropertyValues("switchboard.session.exclusive-wait=1ms")
        .withBean("marketing", SpecialistConnector.class, () -> new FakeSpecialist("fake"))
        .run(
            context ->
                duringACall(
                    context.getBean(SpecialistSessions.class),
                    exclusive,
                    sessions -> refused(sessions, exclusive)));
  }

  private static void duringACall(
      SpecialistSessions sessions, SessionPolicy policy, Consumer<SpecialistSessions> test)
      throws InterruptedException {
    CountDownLatch within = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    Thread first =
        start(
            () ->
                sessions.<Integer, InterruptedException>call(
                    KEY,
                    policy,
                    session -> {
                      within.countDown();
                      end.await();
                      return 1;
                    }));
    within.await();
    test.accept(sessions);
    end.countDown();
    first.join();
  }

  private static void refused(SpecialistSessions sessions, SessionPolicy policy) {
    assertThatExceptionOfType(SessionOpenException.class)
        .isThrownBy(() -> sessions.call(KEY, policy, SessionContext::id));
  }

  /** One who came in time is refused when it runs out; one who came later opens, or learns. */
  private static void refusedOrNext(SpecialistSessions sessions) {
    try {
      sessions.<String, RuntimeException>call(
          KEY, SessionPolicy.DEFAULT, session -> "" + session.idOrNull());
    } catch (SessionOpenException e) {
      assertThat(e).hasMessageContaining("-timeout");
    }
  }

  private static Thread start(Callable<?> call) {
    Thread thread = new Thread(new FutureTask<>(call));
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
