package dev.switchboard.retry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;

class DeadlineRequestFactoryTests {

  private final FakeTicker ticker = new FakeTicker();
  private final RetryExecutor engine = RetryExecutor.builder().ticker(ticker).build();
  private final ClientHttpRequestFactory requests = new SimpleClientHttpRequestFactory();
  private final List<String> asked = new ArrayList<>();
  private final DeadlineRequestFactory factory =
      new DeadlineRequestFactory(
          (uri, method) -> {
            asked.add("unlimited");
            return requests.createRequest(uri, method);
          },
          left -> {
            asked.add(left.toString());
            return requests;
          });

  private String create() throws IOException {
    return factory.createRequest(URI.create("http://localhost"), HttpMethod.GET).toString();
  }

  private RetryOperation operation(RetryPolicy.Builder policy) {
    return engine.operation("BookingDesk.ask", policy.build());
  }

  @Test
  void requestHasTheTimeThatIsLeft() throws IOException {
    engine.call(
        operation(RetryPolicy.builder().timeout(Duration.ofSeconds(20))),
        attempt -> {
          create();
          ticker.advance(Duration.ofSeconds(15));
          create();
          return create();
        });
    assertThat(asked).containsExactly("PT20S", "PT5S", "PT5S");
  }

  /** Zero would be no limit. */
  @Test
  void requestAfterTheDeadlineHasAMillisecond() throws IOException {
    engine.call(
        operation(RetryPolicy.builder().timeout(Duration.ofSeconds(20))),
        attempt -> {
          ticker.advance(Duration.ofSeconds(21));
          return create();
        });
    assertThat(asked).containsExactly("PT0.001S");
  }

  @Test
  void requestWithoutADeadlineIsAsEver() throws IOException {
    create();
    engine.call(operation(RetryPolicy.builder()), attempt -> create());
    assertThat(asked).containsExactly("unlimited", "unlimited");
  }
}
