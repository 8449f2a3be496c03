package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@ExtendWith(OutputCaptureExtension.class)
class InvalidDeclarationFailureAnalyzerTests {

  static class Marketing {

    @SpecialistSession("marketing")
    String ask(@Tenant String tenant) {
      return tenant;
    }
  }

  static class Impatient {

    @SpecialistSession(specialist = "marketing", ttl = "0s")
    String ask(@Tenant String tenant) {
      return tenant;
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class WithoutConnector {

    @Bean
    Marketing marketing() {
      return new Marketing();
    }
  }

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class WithBadAnnotation {

    @Bean
    Impatient impatient() {
      return new Impatient();
    }
  }

  private static void fail(Class<?> application, String... arguments) {
    SpringApplication boot = new SpringApplication(application);
    boot.setWebApplicationType(WebApplicationType.NONE);
    assertThat(catchThrowable(() -> boot.run(arguments).close())).isNotNull();
  }

  @Test
  void wiringIsExplained(CapturedOutput output) {
    fail(WithoutConnector.class);
    assertThat(output)
        .containsSubsequence(
            "APPLICATION FAILED TO START",
            "Description:",
            "@SpecialistSession on Marketing.ask: specialist 'marketing' must have a connector",
            "Action:",
            "Correct the name, declare a SpecialistConnector bean named marketingConnector");
  }

  @Test
  void annotationThatABeanFailsWithIsExplained(CapturedOutput output) {
    fail(WithBadAnnotation.class);
    assertThat(output)
        .containsSubsequence(
            "APPLICATION FAILED TO START",
            "Description:",
            "@SpecialistSession on Impatient.ask: ttl must be positive but was 0s",
            "Action:");
  }

  @Test
  void propertyIsExplained(CapturedOutput output) {
    fail(WithoutConnector.class, "--switchboard.session.max-size=0");
    assertThat(output)
        .containsSubsequence(
            "APPLICATION FAILED TO START",
            "Description:",
            "switchboard.session.max-size must be at least 1 but was 0",
            "Action:",
            "Correct switchboard.session.max-size.");
  }

  @Test
  void durationWithoutUnitIsExplainedRatherThanItsBinding(CapturedOutput output) {
    fail(WithoutConnector.class, "--switchboard.session.ttl=30");
    assertThat(output)
        .containsSubsequence(
            "APPLICATION FAILED TO START",
            "Description:",
            "switchboard.session.ttl must have a unit but was 30",
            "Action:",
            "Write a unit, as in 30s.");
  }

  @Test
  void furtherProblemsAreListed() {
    InvalidDeclarationException problem =
        new InvalidDeclarationException("First is wrong", "Correct it.");
    problem.addSuppressed(new InvalidDeclarationException("Second is too", "Correct that."));
    problem.addSuppressed(new IllegalStateException("not ours"));
    FailureAnalysis analysis =
        Objects.requireNonNull(
            new InvalidDeclarationFailureAnalyzer().analyze(new RuntimeException(problem)));
    assertThat(analysis.getDescription())
        .isEqualToNormalizingNewlines(
            """
            First is wrong

            Further problems:

                - Second is too. Correct that.""");
    assertThat(analysis.getAction()).isEqualTo("Correct it.");
  }
}
