package dev.switchboard.session;

import dev.switchboard.ThreadBindings;
import java.util.Map;
import org.springframework.web.reactive.function.client.ClientRequest;
import org.springframework.web.reactive.function.client.ClientResponse;
import org.springframework.web.reactive.function.client.ExchangeFilterFunction;
import org.springframework.web.reactive.function.client.ExchangeFunction;
import reactor.core.publisher.Mono;

/**
 * Does for {@code WebClient} what {@link SessionHeaderInterceptor} does for the clients that block.
 * The session is that of the subscriber, or of the thread that subscribes. Safe for use by several
 * threads.
 *
 * @since 0.1
 */
public final class SessionHeaderFilter implements ExchangeFilterFunction {

  private final SessionHeaders headers;

  /**
   * Creates a filter.
   *
   * @param headers the header's name for each specialist that has one
   * @throws IllegalArgumentException if the name of a specialist or header is not one
   */
  public SessionHeaderFilter(Map<String, String> headers) {
    this.headers = new SessionHeaders(headers);
  }

  @Override
  public Mono<ClientResponse> filter(ClientRequest request, ExchangeFunction next) {
    return Mono.deferContextual(
        context -> {
          ThreadBindings before = ThreadBindings.in(context::getOrDefault).bind();
          try {
            return next.exchange(ClientRequest.from(request).headers(headers::addTo).build());
          } finally {
            before.bind();
          }
        });
  }
}
