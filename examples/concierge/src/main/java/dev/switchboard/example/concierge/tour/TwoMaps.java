package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.Reply;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * What is written by hand instead of two annotations: one map of session ids and one of retry
 * counts. It works until calls come together, specialists forget, or time passes.
 */
final class TwoMaps {

  private static final int MAX_RETRIES = 2;
  private static final int DELAY_MILLIS = 200;

  /** Specialist and tenant to session id. Nothing ever leaves it. */
  private final Map<String, String> specialistSessions = new ConcurrentHashMap<>();

  /** Tenant to retries so far. All requests of a tenant share the count. */
  private final Map<String, Integer> retryState = new ConcurrentHashMap<>();

  private final LongAdder retries = new LongAdder();

  /** Puts a message to a specialist and tells whether it has answered. */
  boolean ask(Agent specialist, String tenant, String message) {
    String key = specialist.name() + ":" + tenant;
    String id = specialistSessions.get(key);
    if (id == null) {
      id = specialist.open(tenant);
      specialistSessions.put(key, id);
    }
    while (true) {
      Reply reply = specialist.run(tenant, id, message);
      if (reply.isAnswer()) {
        retryState.remove(tenant);
        return true;
      }
      if (retryState.merge(tenant, 1, Integer::sum) > MAX_RETRIES) {
        return false;
      }
      retries.increment();
      pause();
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(DELAY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  long retries() {
    return retries.sum();
  }

  int sessionEntries() {
    return specialistSessions.size();
  }

  int retryEntries() {
    return retryState.size();
  }
}
