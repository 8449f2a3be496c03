package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.retry.RetryContext;
import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.retry.RetrySettings;
import dev.switchboard.retry.Sleeper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class RequestScopedRetryAutoConfigurationTests {

  private final ApplicationContextRunner runner =
      Contexts.runner()
          .withBean(Sleeper.class, () -> duration -> {})
          .withBean("desk", Marketing.class);

  /** Public, since its proxies come from other class loaders. */
  public static class Marketing {

    @RequestScopedRetry(maxRetries = 2)
    public String ask() {
      throw new IllegalStateException("attempt " + RetryContext.current().attempt());
    }

    @RequestScopedRetry
    public String askByDefault() {
      throw new IllegalStateException("attempt " + RetryContext.current().attempt());
    }
  }

  private static void asks(BeanFactory context, int attempts) {
    assertThat(catchThrowable(context.getBean(Marketing.class)::ask))
        .hasMessage("attempt " + attempts);
  }

  @Test
  void annotationWinsOverTheDefaults() {
    runner
        .withPropertyValues("switchboard.retry.max-retries=7")
        .run(
            context -> {
              asks(context, 3);
              assertThat(catchThrowable(context.getBean(Marketing.class)::askByDefault))
                  .hasMessage("attempt 8");
            });
  }

  @Test
  void nothingIsRetriedWhenSwitchedOff() {
    runner.withPropertyValues("switchboard.retry.enabled=false").run(context -> asks(context, 1));
  }

  @Test
  void operationsPropertiesWinOverTheAnnotation() {
    runner
        .withPropertyValues("switchboard.retry.operations.Marketing.ask.max-retries=5")
        .run(context -> asks(context, 6));
  }

  @Test
  void operationThatNoBeanHasStopsStartup() {
    runner
        .withPropertyValues("switchboard.retry.operations.Marketing.tell.max-retries=5")
        .run(
            context ->
                assertThat(context)
                    .getFailure()
                    .isInstanceOf(InvalidDeclarationException.class)
                    .hasMessageStartingWith("switchboard.retry.operations.Marketing.tell: "));
  }

  @Test
  void lenientWiringLogsAnOperationThatNoBeanHas(CapturedOutput output) {
    runner
        .withPropertyValues(
            "switchboard.retry.operations.Marketing.tell.max-retries=5", "switchboard.wiring=warn")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(output)
                  .contains("WARN")
                  .contains("switchboard.retry.operations.Marketing.tell: ");
            });
  }

  @Test
  void applicationsSettingsReplaceTheProperties() {
    runner
        .withPropertyValues("switchboard.retry.enabled=false")
        .withBean(RetrySettings.class, RetrySettings::defaults)
        .run(context -> asks(context, 3));
  }

  @Test
  void applicationsEngineIsUsed() {
    RetryExecutor own =
        RetryExecutor.builder().settings(RetrySettings.builder().enabled(false).build()).build();
    runner.withBean("own", RetryExecutor.class, () -> own).run(context -> asks(context, 1));
  }

  @Test
  void springsOwnProxyingAndSpringWebAreNotNeeded() {
    runner
        .withPropertyValues("spring.aop.auto=false")
        .withClassLoader(
            new FilteredClassLoader(
                "org.aspectj", "org.springframework.web", "org.springframework.http"))
        .run(context -> asks(context, 3));
  }

  @Test
  void lazyInitializationChangesNothing() {
    runner.withInitializer(Contexts::initializeLazily).run(context -> asks(context, 3));
  }
}
