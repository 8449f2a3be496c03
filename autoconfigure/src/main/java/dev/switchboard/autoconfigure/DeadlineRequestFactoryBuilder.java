package dev.switchboard.autoconfigure;

import dev.switchboard.retry.DeadlineRequestFactory;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.http.client.JettyClientHttpRequestFactory;
import org.springframework.http.client.ReactorClientHttpRequestFactory;
import org.springframework.http.client.SimpleClientHttpRequestFactory;
import org.springframework.util.function.SingletonSupplier;

/**
 * Builds a client as another builder does, and a second one, when the first request with a deadline
 * comes, whose read timeout is changed for each request.
 *
 * @param clients builds both
 */
record DeadlineRequestFactoryBuilder(ClientHttpRequestFactoryBuilder<?> clients)
    implements ClientHttpRequestFactoryBuilder<ClientHttpRequestFactory> {

  /** What every client can count in milliseconds. */
  private static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

  @Override
  public ClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
    Duration stated = settings == null ? null : settings.readTimeout();
    Duration longest = stated == null ? LONGEST : stated;
    ClientHttpRequestFactory unlimited = clients.build(settings);
    if (!hasReadTimeout(unlimited)) {
      return unlimited;
    }
    SingletonSupplier<ClientHttpRequestFactory> limited =
        SingletonSupplier.of(() -> clients.build(settings));
    ReentrantLock changing = new ReentrantLock();
    return new DeadlineRequestFactory(
        unlimited,
        left ->
            (uri, method) -> {
              Duration timeout = left.compareTo(longest) < 0 ? left : longest;
              changing.lock();
              try {
                return create(limited.obtain(), timeout, uri, method);
              } finally {
                changing.unlock();
              }
            });
  }

  /** A request takes over the timeout that its factory has when it is made. */
  private static ClientHttpRequest create(
      ClientHttpRequestFactory factory, Duration timeout, URI uri, HttpMethod method)
      throws IOException {
    setReadTimeout(factory, timeout);
    return factory.createRequest(uri, method);
  }

  private static boolean hasReadTimeout(ClientHttpRequestFactory factory) {
    return factory instanceof JdkClientHttpRequestFactory
        || factory instanceof SimpleClientHttpRequestFactory
        || factory instanceof HttpComponentsClientHttpRequestFactory
        || factory instanceof JettyClientHttpRequestFactory
        || factory instanceof ReactorClientHttpRequestFactory;
  }

  private static void setReadTimeout(ClientHttpRequestFactory factory, Duration timeout) {
    if (factory instanceof JdkClientHttpRequestFactory jdk) {
      jdk.setReadTimeout(timeout);
    } else if (factory instanceof SimpleClientHttpRequestFactory simple) {
      simple.setReadTimeout(timeout);
    } else if (factory instanceof HttpComponentsClientHttpRequestFactory components) {
      components.setReadTimeout(timeout);
    } else if (factory instanceof JettyClientHttpRequestFactory jetty) {
      jetty.setReadTimeout(timeout);
    } else if (factory instanceof ReactorClientHttpRequestFactory reactor) {
      reactor.setReadTimeout(timeout);
    }
  }
}
