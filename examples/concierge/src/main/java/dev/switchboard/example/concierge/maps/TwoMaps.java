package dev.switchboard.example.concierge.maps;

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
public final class TwoMaps {

  private static final int MAX_RETRIES = 2;
  private static final int DELAY_MILLIS = 200;

  private record Key(String specialist, String tenant) {}

  /** Nothing ever leaves it. */
  private final Map<Key, String> specialistSessions = new ConcurrentHashMap<>();

  /** Tenant to retries so far. All requests of a tenant share the count. */
  private final Map<String, Integer> retryState = new ConcurrentHashMap<>();

  private final LongAdder retries = new LongAdder();
  private final LongAdder miscounted = new LongAdder();

  /**
   * Puts a message to a specialist and tells whether it has answered.
   *
   * @throws IllegalStateException if the specialist opens no session
   */
  public boolean ask(Agent specialist, String tenant, String message) {
    Key key = new Key(specialist.name(), tenant);
    String id = specialistSessions.get(key);
    if (id == null) {
      id = specialist.open(tenant);
      specialistSessions.put(key, id);
    }
    int own = 0;
    while (true) {
      Reply reply = specialist.run(tenant, id, message);
      if (reply.isAnswer()) {
        retryState.remove(tenant);
        return true;
      }
      boolean mayRetry = retryState.merge(tenant, 1, Integer::sum) <= MAX_RETRIES;
      if (mayRetry != own < MAX_RETRIES) {
        miscounted.increment();
      }
      if (!mayRetry) {
        return false;
      }
      own++;
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

  public long retries() {
    return retries.sum();
  }

  /**
   * How often a call was refused its own retry, or given another's, because the count is shared.
   */
  public long miscounted() {
    return miscounted.sum();
  }

  public int sessionEntries() {
    return specialistSessions.size();
  }

  /** The ids kept for a specialist that does not know them any more. */
  public int deadEntries(Agent specialist) {
    return (int)
        specialistSessions.entrySet().stream()
            .filter(entry -> entry.getKey().specialist().equals(specialist.name()))
            .filter(entry -> !specialist.knows(entry.getKey().tenant(), entry.getValue()))
            .count();
  }

  public int retryEntries() {
    return retryState.size();
  }
}
