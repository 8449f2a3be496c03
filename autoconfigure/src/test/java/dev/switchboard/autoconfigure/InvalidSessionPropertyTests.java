package dev.switchboard.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class InvalidSessionPropertyTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          advice=magic                  | advice must be proxy or aspectj but was magic
          session.max-size=0            | session.max-size must be at least 1 but was 0
          session.ttl=-1s               | session.ttl must be positive but was -1s
          session.idle-timeout=0s       | session.idle-timeout must be positive but was 0s
          session.open-timeout=0s       | session.open-timeout must be positive but was 0s
          session.learn-timeout=-5m     | session.learn-timeout must be positive but was -5m
          session.exclusive-wait=0s     | session.exclusive-wait must be positive but was 0s
          session.max-concurrent-opens=0 | session.max-concurrent-opens must be at least 1 but was 0
          specialists.shop.max-size=0   | specialists.shop.max-size must be at least 1 but was 0
          specialists.shop.ttl=0s       | specialists.shop.ttl must be positive but was 0s
          specialists.shop.idle-timeout=-1s \
                    | specialists.shop.idle-timeout must be positive but was -1s
          specialists.Shop.max-size=5 \
                    | specialists.Shop: a specialist's name must match [a-z0-9-]+ but was 'Shop'
          """)
  void sessionSettingStopsStartup(String property, String sentence) {
    Refusals.refuses(sentence, property);
  }

  @ParameterizedTest
  @CsvSource({
    "session.ttl=30, session.ttl must have a unit but was 30",
    "session.open-timeout=-5, session.open-timeout must have a unit but was -5",
    "specialists.shop.ttl=${missing:30}, specialists.shop.ttl must have a unit but was 30"
  })
  void durationWithoutUnitStopsStartup(String property, String sentence) {
    Refusals.refuses(sentence, property);
  }

  @Test
  void durationsOfOthersAreTheirConcern() {
    Binder binder = new Binder(new MapConfigurationPropertySource(Map.of("others.ttl", "30")));
    assertThat(
            binder
                .bind(
                    "others.ttl",
                    Bindable.of(Duration.class),
                    new UnitlessDurations(BindHandler.DEFAULT))
                .get())
        .isEqualTo(Duration.ofMillis(30));
  }

  @Test
  void textThatIsNoDurationIsBootsToReport() {
    Contexts.runner()
        .withPropertyValues("switchboard.session.ttl=soon")
        .run(context -> assertThat(context).getFailure().hasStackTraceContaining("BindException"));
  }
}
