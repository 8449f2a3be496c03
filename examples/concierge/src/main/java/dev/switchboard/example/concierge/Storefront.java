package dev.switchboard.example.concierge;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** Knows the shop: pages, products, orders. */
@Component("storefront")
class Storefront implements Desk {

  private final Turn turn;

  Storefront(Turn turn) {
    this.turn = turn;
  }

  @Override
  @SpecialistSession(specialist = "storefront", idleTimeout = "30m", maxSize = 1000)
  @RequestScopedRetry(maxRetries = 2, timeout = "20s", includes = RestClientException.class)
  public Answer ask(@Tenant String tenant, String message) {
    return turn.take(message);
  }
}
