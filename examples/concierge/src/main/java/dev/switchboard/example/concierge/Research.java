package dev.switchboard.example.concierge;

import dev.switchboard.retry.RequestScopedRetry;
import dev.switchboard.session.SpecialistSession;
import dev.switchboard.session.Tenant;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClientException;

/** Looks things up; its conversations are long, so that fewer are kept. */
@Component("research")
class Research implements Desk {

  private final Turn turn;

  Research(Turn turn) {
    this.turn = turn;
  }

  @Override
  @SpecialistSession(specialist = "research", idleTimeout = "2h", maxSize = 200)
  @RequestScopedRetry(maxRetries = 2, timeout = "20s", includes = RestClientException.class)
  public Answer ask(@Tenant String tenant, String message) {
    return turn.take(message);
  }
}
