package dev.switchboard.example.concierge;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** Writes headlines and campaigns. */
@Component("marketing")
class Marketing implements Desk {

  private final Turn turn;

  Marketing(Turn turn) {
    this.turn = turn;
  }

  @Override
  @SpecialistSession(specialist = "marketing", idleTimeout = "30m", maxSize = 1000)
  @RequestScopedRetry(maxRetries = 2, timeout = "20s", includes = RestClientException.class)
  public Answer ask(@Tenant String tenant, String message) {
    return turn.take(message);
  }
}
