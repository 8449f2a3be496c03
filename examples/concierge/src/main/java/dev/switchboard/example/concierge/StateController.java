package dev.switchboard.example.concierge;

import dev.switchboard.example.concierge.live.LibraryMeters;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SpecialistSessions;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tells how each specialist's sessions and retries stand, naming no tenant and no id. */
@RestController
class StateController {

  private static final SessionCounts NONE = new SessionCounts(0, 0, 0, 0, 0, 0);

  record State(
      long kept,
      long live,
      long opened,
      long draining,
      long closed,
      long lost,
      long unclosed,
      long retries) {}

  private final SpecialistSessions sessions;
  private final LibraryMeters meters;

  StateController(SpecialistSessions sessions, LibraryMeters meters) {
    this.sessions = sessions;
    this.meters = meters;
  }

  @GetMapping("/state")
  Map<String, State> state() {
    Map<String, SessionCounts> counts = sessions.snapshot().specialists();
    Map<String, Integer> kept = sessions.kept();
    Map<String, State> states = new TreeMap<>();
    for (String name : LocalSpecialists.names()) {
      states.put(
          name,
          state(kept.getOrDefault(name, 0), counts.getOrDefault(name, NONE), meters.retries(name)));
    }
    return states;
  }

  private static State state(long kept, SessionCounts counts, long retries) {
    return new State(
        kept,
        counts.live(),
        counts.opened(),
        counts.draining(),
        counts.closed(),
        counts.lost(),
        counts.unclosed(),
        retries);
  }
}
