package dev.switchboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.Sleeper;
import dev.switchboard.session.SessionContext;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionKey;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionOpenException;
import dev.switchboard.session.SessionPolicy;
import dev.switchboard.session.SpecialistConnector;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.SpecialistSessionConfiguration;
import dev.switchboard.session.SpecialistSessions;
import dev.switchboard.session.Tenant;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;
import org.springframework.transaction.support.AbstractPlatformTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;

/** Both annotations on one method: retry outermost, then session, then transactions. */
class RetriedSessionTests {

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Application.class);

  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    final AtomicInteger opened = new AtomicInteger();
    final Deque<RuntimeException> refusals = new ArrayDeque<>();
    final List<Duration> waits = new ArrayList<>();

    @Bean
    SpecialistConnector connector() {
      return this::open;
    }

    private String open(SessionKey key) {
      RuntimeException refusal = refusals.poll();
      if (refusal != null) {
        throw refusal;
      }
      return "id-" + opened.incrementAndGet();
    }

    @Bean
    Deque<RuntimeException> refusals() {
      return refusals;
    }

    @Bean
    Sleeper sleeper() {
      return waits::add;
    }

    @Bean
    Desk desk() {
      return new Desk();
    }
  }

  /** Plays a script: fails with each failure in turn, and then answers. */
  static class Desk {

    private final Deque<RuntimeException> script = new ArrayDeque<>();
    private final List<String> seen = new ArrayList<>();

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 3)
    public String ask(@Tenant String tenant) {
      SessionContext session = SessionContext.current();
      seen.add(
          "%s attempt %d%s"
              .formatted(
                  session.id(),
                  RetryContext.current().attempt(),
                  session.isFresh() ? " fresh" : ""));
      RuntimeException failure = script.poll();
      if (failure != null) {
        throw failure;
      }
      return session.id();
    }

    public List<String> play(String tenant, RuntimeException... failures) {
      seen.clear();
      script.addAll(Arrays.asList(failures));
      return seen;
    }
  }

  @SpecialistSession("desk")
  @RequestScopedRetry
  @Retention(RetentionPolicy.RUNTIME)
  @interface AsksTheDesk {}

  @AsksTheDesk
  static class AnnotatedDesk {

    public String ask(@Tenant String tenant) {
      return RetryContext.current().attempt() + tenant;
    }
  }

  @Test
  void bothOnAClassAreRefusedSinceSessionsAreOfMethods() {
    context
        .withUserConfiguration(AnnotatedDesk.class)
        .run(
            started ->
                assertThat(started)
                    .getFailure()
                    .rootCause()
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessage(
                        "@SpecialistSession on AnnotatedDesk: the annotation must be on methods but"
                            + " @AsksTheDesk is on the class"));
  }

  private static RuntimeException lost() {
    return new SessionLostException("gone");
  }

  private static RuntimeException unavailable() {
    return new UncheckedIOException(new IOException("unavailable"));
  }

  @Test
  void recoveringIsNotARetry() {
    context.run(
        spring -> {
          Desk desk = spring.getBean(Desk.class);
          List<String> seen = desk.play("acme", lost());
          assertThat(desk.ask("acme")).isEqualTo("id-2");
          assertThat(seen).containsExactly("id-1 attempt 1 fresh", "id-2 attempt 1 fresh");
        });
  }

  @Test
  void sessionStaysFreshOverRetriesUntilACallHasCompleted() {
    context.run(
        spring -> {
          Desk desk = spring.getBean(Desk.class);
          List<String> seen = desk.play("acme", unavailable());
          desk.ask("acme");
          desk.ask("acme");
          assertThat(seen)
              .containsExactly("id-1 attempt 1 fresh", "id-1 attempt 2 fresh", "id-1 attempt 1");
        });
  }

  @Test
  void aSecondLossInALaterAttemptReachesTheCallerAndIsNotRetried() {
    context.run(
        spring -> {
          Desk desk = spring.getBean(Desk.class);
          List<String> seen = desk.play("acme", lost(), unavailable(), lost());
          assertThatThrownBy(() -> desk.ask("acme")).isInstanceOf(SessionLostException.class);
          assertThat(seen)
              .containsExactly(
                  "id-1 attempt 1 fresh", "id-2 attempt 1 fresh", "id-2 attempt 2 fresh");
          assertThat(spring.getBean(SpecialistSessions.class).snapshot().total())
              .isEqualTo(new SessionCounts(2, 0, 0, 0, 2, 0));

          desk.play("acme");
          assertThat(desk.ask("acme")).as("the next call may recover again").isEqualTo("id-3");
          desk.play("acme", lost());
          assertThat(desk.ask("acme")).isEqualTo("id-4");
        });
  }

  @Test
  void aCallThatCannotBeServedIsNotRetried() {
    context.run(
        spring -> {
          Desk desk = spring.getBean(Desk.class);
          assertThatThrownBy(() -> desk.ask(" "))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("must not be blank");
          spring.getBean(SpecialistSessions.class).stop();
          assertThatThrownBy(() -> desk.ask("acme"))
              .isInstanceOf(IllegalStateException.class)
              .hasMessageContaining("the application stops");
          assertThat(spring.getBean(Application.class).waits).isEmpty();
        });
  }

  @Test
  void aFailedOpeningIsRetriedForItsCause() {
    context.run(
        spring -> {
          Desk desk = spring.getBean(Desk.class);
          @SuppressWarnings("unchecked")
          Deque<RuntimeException> refusals = spring.getBean("refusals", Deque.class);
          refusals.add(unavailable());
          List<String> seen = desk.play("acme");
          assertThat(desk.ask("acme")).isEqualTo("id-1");
          assertThat(seen).containsExactly("id-1 attempt 2 fresh");

          for (int i = 0; i < 4; i++) {
            refusals.add(unavailable());
          }
          assertThatThrownBy(() -> desk.ask("globex"))
              .isInstanceOf(SessionOpenException.class)
              .satisfies(failure -> assertThat(failure.getSuppressed()).hasSize(3));
        });
  }

  /** Its calls of the desk are invocations of their own. */
  static class Agent {

    private final Desk desk;

    Agent(Desk desk) {
      this.desk = desk;
    }

    @RequestScopedRetry(maxRetries = 1)
    public String turn(String tenant) {
      desk.play(tenant, lost());
      String first = desk.ask(tenant);
      desk.play(tenant, lost());
      return first + desk.ask(tenant);
    }
  }

  @Test
  void everyCallWithinARetriedCallMayRecoverOnce() {
    context
        .withUserConfiguration(Agent.class)
        .run(spring -> assertThat(spring.getBean(Agent.class).turn("acme")).isEqualTo("id-2id-3"));
  }

  @Test
  void withoutAnnotationsASessionIsReplacedOnceOverAllAttemptsToo() {
    AtomicInteger opened = new AtomicInteger();
    RetryExecutor retries = RetryExecutor.builder().sleeper(wait -> {}).build();
    RetryOperation ask = retries.operation("desk.ask", RetryPolicy.builder().maxRetries(2).build());
    SessionKey key = SessionKey.of("desk", "acme");
    try (SpecialistSessions sessions =
        SpecialistSessions.builder()
            .specialist("desk", any -> "id-" + opened.incrementAndGet())
            .build()) {
      Deque<RuntimeException> script = new ArrayDeque<>(List.of(lost(), unavailable(), lost()));
      assertThatThrownBy(
              () ->
                  retries.call(
                      ask,
                      attempt ->
                          sessions.call(
                              key,
                              SessionPolicy.DEFAULT,
                              session -> {
                                RuntimeException failure = script.poll();
                                if (failure != null) {
                                  throw failure;
                                }
                                return session.id();
                              })))
          .isInstanceOf(SessionLostException.class);
      assertThat(opened).hasValue(2);
    }
  }

  @Test
  void everySessionOfARetryWithoutAnnotationsMayBeReplacedOnce() {
    RetryExecutor retries = RetryExecutor.builder().sleeper(wait -> {}).build();
    RetryOperation turn = retries.operation("turn", RetryPolicy.defaults());
    Deque<RuntimeException> script = new ArrayDeque<>(List.of(lost(), lost()));
    try (SpecialistSessions sessions =
        SpecialistSessions.builder().specialist("desk", key -> "id").build()) {
      String answers =
          retries.call(
              turn, attempt -> ask(sessions, "acme", script) + ask(sessions, "globex", script));
      assertThat(answers).isEqualTo("idid");
    }
  }

  private static String ask(
      SpecialistSessions sessions, String tenant, Deque<RuntimeException> script) {
    return sessions.call(
        SessionKey.of("desk", tenant),
        SessionPolicy.DEFAULT,
        session -> {
          if (session.isFresh() && script.size() == (tenant.equals("acme") ? 2 : 1)) {
            throw script.remove();
          }
          return session.id();
        });
  }

  @Configuration
  @EnableTransactionManagement(proxyTargetClass = true)
  static class Transactions {

    @Bean
    RecordingTransactions transactionManager() {
      return new RecordingTransactions();
    }

    @Bean
    Accounts accounts() {
      return new Accounts();
    }
  }

  static class RecordingTransactions extends AbstractPlatformTransactionManager {

    private static final long serialVersionUID = 1L;

    private final transient List<String> events = new ArrayList<>();

    public List<String> events() {
      return events;
    }

    @Override
    protected Object doGetTransaction() {
      return new Object();
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
      events.add(
          "begin in %s, attempt %d"
              .formatted(SessionContext.current().id(), RetryContext.current().attempt()));
    }

    @Override
    protected void doCommit(DefaultTransactionStatus status) {
      events.add("commit");
    }

    @Override
    protected void doRollback(DefaultTransactionStatus status) {
      events.add("roll back");
    }
  }

  static class Accounts {

    private final AtomicInteger runs = new AtomicInteger();

    @Transactional
    @SpecialistSession("desk")
    @RequestScopedRetry
    public String ask(@Tenant String tenant) {
      return switch (runs.incrementAndGet()) {
        case 1 -> throw lost();
        case 2 -> throw unavailable();
        default -> SessionContext.current().id();
      };
    }
  }

  @Test
  void everyRunHasItsOwnTransactionWithinSessionAndAttempt() {
    context
        .withUserConfiguration(Transactions.class)
        .run(
            spring -> {
              assertThat(spring.getBean(Accounts.class).ask("acme")).isEqualTo("id-2");
              assertThat(spring.getBean(RecordingTransactions.class).events())
                  .containsExactly(
                      "begin in id-1, attempt 1",
                      "roll back",
                      "begin in id-2, attempt 1",
                      "roll back",
                      "begin in id-2, attempt 2",
                      "commit");
            });
  }
}
