package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;
import org.junit.platform.launcher.listeners.TestExecutionSummary.Failure;

/** The tests that the guide shows pass. */
class TestingGuideTests {

  @Test
  void testsOfTheGuidePass(@TempDir Path classes) throws IOException {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    // What a reader has not, the module for Redis, is on the class path here.
    System.setProperty("switchboard.store", "local");
    try (GuideClasses guide = GuideClasses.of("testing.md", classes)) {
      thread.setContextClassLoader(guide);
      TestExecutionSummary summary =
          run(
              guide.type("PoemsTests"),
              guide.type("PlainPoemsTests"),
              guide.type("WithoutPoetTests"));
      assertThat(summary.getFailures()).extracting(Failure::getException).isEmpty();
      assertThat(summary.getTestsSucceededCount()).isEqualTo(5);
    } finally {
      System.clearProperty("switchboard.store");
      thread.setContextClassLoader(before);
    }
  }

  private static TestExecutionSummary run(Class<?>... tests) {
    LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
    for (Class<?> test : tests) {
      request.selectors(selectClass(test));
    }
    LauncherDiscoveryRequest built = request.build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    LauncherFactory.create().execute(built, listener);
    return listener.getSummary();
  }
}
