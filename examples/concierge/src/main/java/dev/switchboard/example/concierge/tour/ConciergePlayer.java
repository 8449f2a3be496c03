package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.example.concierge.specialist.Switches;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/** Plays the tour's calls through the concierge, over HTTP, as any client would. */
final class ConciergePlayer implements Player {

  private static final ParameterizedTypeReference<Map<String, Map<String, Long>>> STATE =
      new ParameterizedTypeReference<>() {};

  private static final int LOOKS = 100;

  private final RestClient concierge;
  private final LocalSpecialists specialists;

  ConciergePlayer(RestClient concierge, LocalSpecialists specialists) {
    this.concierge = concierge;
    this.specialists = specialists;
  }

  @Override
  public boolean ask(String tenant, String message) {
    return concierge
        .post()
        .uri("/ask")
        .contentType(MediaType.APPLICATION_JSON)
        .body(Map.of("tenant", tenant, "message", message))
        .exchangeForRequiredValue((request, reply) -> reply.getStatusCode().is2xxSuccessful());
  }

  @Override
  public void set(String specialist, Switches switches) {
    concierge
        .post()
        .uri("/specialists/{name}/faults", specialist)
        .contentType(MediaType.APPLICATION_JSON)
        .body(switches)
        .retrieve()
        .toBodilessEntity();
  }

  @Override
  public void leave(String tenant) {
    concierge.delete().uri("/tenants/{tenant}", tenant).retrieve().toBodilessEntity();
  }

  @Override
  public Tally tally() {
    for (int look = 0; count("draining") > 0 && look < LOOKS; look++) {
      pause();
    }
    long opened = specialists.agents().stream().mapToLong(Agent::opened).sum();
    long held = specialists.agents().stream().mapToLong(Agent::held).sum();
    return new Tally(opened, held, count("retries"));
  }

  /** Adds up one number of {@code GET /state} over all specialists. */
  long count(String what) {
    Map<String, Map<String, Long>> state =
        Objects.requireNonNull(concierge.get().uri("/state").retrieve().body(STATE));
    return state.values().stream().mapToLong(counts -> counts.getOrDefault(what, 0L)).sum();
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
