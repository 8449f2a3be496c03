package dev.switchboard.session;

import dev.switchboard.ConnectorWork;
import dev.switchboard.ThreadBindings;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One specialist as the engine knows it.
 *
 * @param name its name
 * @param settled what holds for it
 * @param connector how to reach it, looked up at first use
 * @param events tells what happens at it
 * @param openPermits held while its connector opens
 */
record Specialist(
    SpecialistName name,
    SettledSettings settled,
    Supplier<SpecialistConnector> connector,
    SpecialistEvents events,
    Semaphore openPermits) {

  /** A specialist before it is in use. */
  Specialist(
      SpecialistName name, SettledSettings settled, Supplier<SpecialistConnector> connector) {
    this(name, settled, connector, SpecialistEvents.NONE, new Semaphore(0));
  }

  Specialist inUse(SpecialistEvents observer, int concurrentOpens) {
    return new Specialist(name, settled, connector, observer, new Semaphore(concurrentOpens, true));
  }

  private static final int MAX_ID_BYTES = 4096;

  @Nullable String open(SessionKey key) throws Exception {
    SpecialistConnector opening = connector.get();
    ThreadBindings before = ConnectorWork.begin();
    String id;
    try {
      id = opening.open(key);
    } finally {
      ConnectorWork.end(before);
    }
    if (id != null) {
      checkId(name, id);
    }
    return id;
  }

  /** Refuses what cannot be an id; the message does not print it. */
  static void checkId(SpecialistName name, String id) {
    String rule;
    if (id.isBlank()) {
      rule = "must not be blank";
    } else if (id.chars().anyMatch(Character::isISOControl)) {
      rule = "must not have control characters";
    } else if (id.length() > MAX_ID_BYTES
        || id.getBytes(StandardCharsets.UTF_8).length > MAX_ID_BYTES) {
      rule = "must have at most " + MAX_ID_BYTES + " bytes";
    } else {
      return;
    }
    throw new IllegalArgumentException("a session id of specialist '%s' %s".formatted(name, rule));
  }
}
