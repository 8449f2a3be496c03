package dev.switchboard.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.LONG;

import com.github.benmanes.caffeine.cache.Scheduler;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RequestScopedRetryConfiguration;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetryOperation;
import dev.switchboard.retry.RetryPolicy;
import dev.switchboard.retry.Sleeper;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/**
 * As of when a retried call's session must not have ended: the beginning of the call, and of each
 * attempt that follows a failure.
 */
class AttemptTimesTests {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ApplicationContextRunner context =
      new ApplicationContextRunner().withUserConfiguration(Application.class);

  /** Every reading is a nanosecond later than the one before. */
  @Configuration
  @Import({SpecialistSessionConfiguration.class, RequestScopedRetryConfiguration.class})
  static class Application {

    final AtomicLong readings = new AtomicLong();

    @Bean
    AtomicLong readings() {
      return readings;
    }

    @Bean
    Ticker ticker() {
      return readings::incrementAndGet;
    }

    @Bean
    Sleeper sleeper() {
      return wait -> readings.addAndGet(wait.toNanos());
    }

    @Bean
    SpecialistConnector connector() {
      return key -> "id";
    }

    @Bean
    Store store(Ticker ticker) {
      return new Store(ticker);
    }

    @Bean
    Desk desk() {
      return new Desk(readings);
    }
  }

  /** Notes the times as of which sessions are looked for. */
  static final class Store extends HeldStore {

    final List<Long> times = new ArrayList<>();

    Store(Ticker ticker) {
      super(ticker, Scheduler.disabledScheduler());
    }

    @Override
    public @Nullable Session find(SessionKey key, long nanos) {
      times.add(nanos);
      return super.find(key, nanos);
    }
  }

  /** Answers when its call began. */
  static class Desk {

    private final AtomicLong readings;
    boolean failing;

    Desk(AtomicLong readings) {
      this.readings = readings;
    }

    @SpecialistSession("desk")
    @RequestScopedRetry(maxRetries = 1, delay = "1s")
    public long ask(@Tenant String tenant) {
      return began();
    }

    @SpecialistSession(value = "desk", exclusive = true)
    @RequestScopedRetry(maxRetries = 1)
    public long askInTurn(@Tenant String tenant) {
      return began();
    }

    public void fail() {
      failing = true;
    }

    private long began() {
      if (failing) {
        failing = false;
        throw new IllegalStateException("busy");
      }
      long elapsed = RetryContext.current().elapsed().toNanos();
      return readings.get() - elapsed;
    }
  }

  @Test
  void ofTheFirstAttemptTheBeginningOfTheCall() {
    context.run(
        application -> {
          long began = application.getBean(Desk.class).ask("acme");

          assertThat(application.getBean(Store.class).times).containsExactly(began);
        });
  }

  @Test
  void ofALaterAttemptItsOwnBeginning() {
    context.run(
        application -> {
          Desk desk = application.getBean(Desk.class);
          desk.fail();
          long began = desk.ask("acme");

          List<Long> times = application.getBean(Store.class).times;
          assertThat(times).hasSize(2).startsWith(began);
          assertThat(times.get(1)).isGreaterThan(began + SECOND.toNanos());
        });
  }

  @Test
  void ofAnExclusiveCallTheBeginningOfItsTurn() {
    context.run(
        application -> {
          long began = application.getBean(Desk.class).askInTurn("acme");

          assertThat(application.getBean(Store.class).times)
              .singleElement(LONG)
              .isGreaterThan(began);
        });
  }

  @Test
  void ofACallWithinRetriedWorkItsOwnBeginning() {
    context.run(
        application -> {
          AtomicLong readings = application.getBean(AtomicLong.class);
          SpecialistSessions sessions = application.getBean(SpecialistSessions.class);
          RetryExecutor retries = application.getBean(RetryExecutor.class);
          RetryOperation work = retries.operation("work", RetryPolicy.builder().build());
          long began =
              retries.call(
                  work,
                  attempt -> {
                    long started = readings.addAndGet(SECOND.toNanos());
                    SessionKey key = SessionKey.of("desk", "acme");
                    sessions.call(key, SessionPolicy.DEFAULT, SessionContext::id);
                    return started;
                  });

          assertThat(application.getBean(Store.class).times)
              .singleElement(LONG)
              .isGreaterThan(began);
        });
  }
}
