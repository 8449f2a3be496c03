package dev.switchboard.autoconfigure;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InvalidRetryPropertyTests {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          max-retries=-1        | max-retries must not be negative but was -1
          delay=-1s             | delay must not be negative but was -1s
          multiplier=0.5        | multiplier must be at least 1 but was 0.5
          multiplier=Infinity   | multiplier must be a finite number such as 2 but was Infinity
          multiplier=NaN        | multiplier must be a finite number such as 2 but was NaN
          max-delay=100ms       | max-delay must be at least the delay of 500ms but was 100ms
          jitter=-5ms           | jitter must not be negative but was -5ms
          timeout=0s            | timeout must be positive but was 0s
          timeout=30            | timeout must have a unit but was 30
          max-retry-after=-1s   | max-retry-after must not be negative but was -1s
          max-requests=0        | max-requests must be at least 1 but was 0
          request-expiry=0s     | request-expiry must be positive but was 0s
          budget.capacity=-1    | budget.capacity must not be negative but was -1
          budget.cost=0         | budget.cost must be at least 1 but was 0
          budget.cost=501       | budget.cost must be at most the budget's capacity of 500 but was 501
          includes=java.lang.String \
                    | includes must name exception types but was java.lang.String
          operations.Desk.ask.max-retries=-1 \
                    | operations.Desk.ask.max-retries must not be negative but was -1
          operations.Desk.ask.delay=5 \
                    | operations.desk.ask.delay must have a unit but was 5
          operations.Desk.max-retries=2 \
                    | operations.desk.max-retries must have a class and a method before the setting
          operations.Desk=2     | operations.desk must have a class and a method before the setting
          operations[Desk.ask].delay=2s \
                    | operations[Desk.ask].delay must have a class and a method before the setting
          """)
  void retrySettingStopsStartup(String property, String sentence) {
    Refusals.refuses("retry." + sentence, "retry." + property);
  }
}
