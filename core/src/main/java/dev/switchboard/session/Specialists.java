package dev.switchboard.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/** The specialists, each settled at startup or at its first use and then fixed. */
final class Specialists {

  private final ConcurrentMap<SpecialistName, Specialist> settled = new ConcurrentHashMap<>();
  private final ReentrantLock settling = new ReentrantLock();
  private final Function<SpecialistName, Specialist> source;
  private final SessionStore store;
  private final Ledger ledger;

  /**
   * Creates the register.
   *
   * @param source makes a specialist at its first use; throws where there is no connector for it
   */
  Specialists(Function<SpecialistName, Specialist> source, SessionStore store, Ledger ledger) {
    this.source = source;
    this.store = store;
    this.ledger = ledger;
  }

  Specialist get(SpecialistName name) {
    Specialist known = settled.get(name);
    return known != null ? known : settle(source.apply(name));
  }

  private Specialist settle(Specialist specialist) {
    settling.lock();
    try {
      Specialist first = settled.get(specialist.name());
      if (first != null) {
        return first;
      }
      store.configure(specialist.name().toString(), specialist.limits());
      ledger.open(specialist.name());
      settled.put(specialist.name(), specialist);
      return specialist;
    } finally {
      settling.unlock();
    }
  }
}
