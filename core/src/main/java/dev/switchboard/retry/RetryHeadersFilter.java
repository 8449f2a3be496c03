package dev.switchboard.retry;

import dev.switchboard.ThreadBindings;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import org.springframework.web.reactive.function.client.WebClientRequestException;
import reactor.core.publisher.Mono;

/**
 * Does for {@code WebClient} what {@link RetryHeadersInterceptor} does for the clients that block,
 * and waits for a response no longer than the time that is {@link RetryContext#remaining() left},
 * with any connector; after that the request is cancelled and fails with a {@link
 * WebClientRequestException}. The attempt is that of the subscriber, or of the thread that
 * subscribes. Safe for use by several threads.
 *
 * @since 0.1
 */
public final class RetryHeadersFilter implements ExchangeFilterFunction {

  /** Creates a filter, all alike. */
  public RetryHeadersFilter() {}

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
        context -> {
          ThreadBindings before = ThreadBindings.in(context::getOrDefault).bind();
          try {
            return exchange(request, next);
          } finally {
            before.bind();
          }
        });
  }

  private static Mono<ClientResponse> exchange(ClientRequest request, ExchangeFunction next) {
    ClientRequest told = ClientRequest.from(request).headers(RetryHeaders::addTo).build();
    Mono<ClientResponse> response = next.exchange(told);
    @Nullable Duration left = RetryHeaders.timeLeft();
    return left == null
        ? response
        : response.timeout(left).onErrorMap(TimeoutException.class, late -> failure(request, late));
  }

  private static WebClientRequestException failure(ClientRequest request, Throwable late) {
    SocketTimeoutException cause = new SocketTimeoutException("no response in the time left");
    cause.initCause(late);
    return new WebClientRequestException(cause, request.method(), request.url(), request.headers());
  }
}
