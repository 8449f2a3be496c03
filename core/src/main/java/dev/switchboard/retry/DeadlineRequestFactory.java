package dev.switchboard.retry;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.Function;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Gives each request that an attempt makes, by {@code RestClient} or {@code RestTemplate}, the time
 * that is {@link RetryContext#remaining() left} as its read timeout. An interceptor cannot do that:
 * Spring's request factories keep the timeout. Most of them are cheap to make around a client that
 * is shared:
 *
 * <pre>{@code
 * HttpClient client = HttpClient.newHttpClient();
 * RestClient.builder()
 *     .requestFactory(
 *         new DeadlineRequestFactory(
 *             new JdkClientHttpRequestFactory(client),
 *             left -> {
 *               var factory = new JdkClientHttpRequestFactory(client);
 *               factory.setReadTimeout(left);
 *               return factory;
 *             }))
 * }</pre>
 *
 * <p>Safe for use by several threads if what it is made of is.
 *
 * @since 0.1
 */
public final class DeadlineRequestFactory implements ClientHttpRequestFactory {

  private final ClientHttpRequestFactory unlimited;
  private final Function<Duration, ClientHttpRequestFactory> limited;

  /**
   * Creates a factory.
   *
   * @param unlimited makes requests outside an attempt, and in one that has no timeout
   * @param limited makes requests that may take at most a duration of a millisecond or longer;
   *     asked for each of them, so it should share the client, and may choose a shorter time
   */
  public DeadlineRequestFactory(
      ClientHttpRequestFactory unlimited, Function<Duration, ClientHttpRequestFactory> limited) {
    this.unlimited = unlimited;
    this.limited = limited;
  }

  @Override
  public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
    Duration left = RetryHeaders.timeLeft();
    return (left == null ? unlimited : limited.apply(left)).createRequest(uri, method);
  }
}
