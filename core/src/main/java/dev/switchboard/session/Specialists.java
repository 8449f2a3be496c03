package dev.switchboard.session;

import com.github.benmanes.caffeine.cache.Ticker;
import dev.switchboard.InvalidDeclarationException;
import dev.switchboard.Setting;
import dev.switchboard.session.SessionObserver.Acquisition;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The specialists, each settled at startup or at its first use and then fixed. */
final class Specialists {

  private final ConcurrentMap<SpecialistName, Specialist> settled = new ConcurrentHashMap<>();
  private final ReentrantLock settling = new ReentrantLock();
  private final Function<SpecialistName, Specialist> source;
  private final SessionStore store;
  private final Ledger ledger;
  private final @Nullable SessionObserver observer;
  private final Ticker ticker;
  private final int concurrentOpens;

  /**
   * Creates the register.
   *
   * @param source makes a specialist at its first use; throws where there is no connector for it
   */
  Specialists(
      Function<SpecialistName, Specialist> source,
      SessionStore store,
      Ledger ledger,
      @Nullable SessionObserver observer,
      Ticker ticker,
      int concurrentOpens) {
    this.concurrentOpens = concurrentOpens;
    this.source = source;
    this.store = store;
    this.ledger = ledger;
    this.observer = observer;
    this.ticker = ticker;
  }

  Specialist get(SpecialistName name) {
    Specialist known = settled.get(name);
    return known != null ? known : settle(source.apply(name));
  }

  /** Tells the observer, if there is one, how a call came to its session. */
  void acquired(SpecialistName name, Acquisition outcome) {
    Specialist known = observer == null ? null : settled.get(name);
    if (known != null) {
      known.events().acquired(outcome);
    }
  }

  /** What is set for those settled so far, by name. */
  Map<String, List<Setting>> settings() {
    Map<String, List<Setting>> settings = new TreeMap<>();
    settled.forEach(
        (name, specialist) -> settings.put(name.toString(), specialist.settled().settings()));
    return settings;
  }

  /** How many sessions the store keeps of those settled so far, by name. */
  Map<String, Integer> sizes() {
    Map<String, Integer> sizes = new TreeMap<>();
    settled.keySet().forEach(name -> sizes.put(name.toString(), store.size(name.toString())));
    return sizes;
  }

  private void configure(Specialist specialist) {
    SettledSettings settled = specialist.settled();
    try {
      store.configure(specialist.name().toString(), settled.limits());
    } catch (IllegalArgumentException refusal) {
      String origins =
          settled.settings().stream()
              .limit(3)
              .map(setting -> setting.name() + " from " + setting.origin())
              .collect(Collectors.joining(", "));
      InvalidDeclarationException problem =
          new InvalidDeclarationException(
              "Specialist '%s' (%s): %s"
                  .formatted(specialist.name(), origins, refusal.getMessage()),
              "Correct the setting where it is made, or use a SessionStore that can honour it.");
      problem.initCause(refusal);
      throw problem;
    }
  }

  private Specialist settle(Specialist specialist) {
    SpecialistName name = specialist.name();
    settling.lock();
    try {
      Specialist first = settled.get(name);
      if (first != null) {
        return first;
      }
      configure(specialist);
      ledger.open(name);
      SpecialistEvents events = new SpecialistEvents(observer, name, ticker);
      Specialist observed = specialist.inUse(events, concurrentOpens);
      settled.put(name, observed);
      events.settled(specialist.settled().limits(), () -> ledger.counts(name));
      return observed;
    } finally {
      settling.unlock();
    }
  }
}
