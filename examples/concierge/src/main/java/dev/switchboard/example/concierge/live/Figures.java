package dev.switchboard.example.concierge.live;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.Faults;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.session.SessionCounts;
import dev.switchboard.session.SessionSnapshot;
import dev.switchboard.session.SpecialistSessions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Reads the page's figures: the library's ledger and meters, the calls, and the two maps. */
@Component
class Figures {

  private static final SessionCounts NONE = new SessionCounts(0, 0, 0, 0, 0, 0);

  private final SpecialistSessions sessions;
  private final LibraryMeters meters;
  private final LocalSpecialists specialists;
  private final CallLog calls;
  private final HandWritten maps;
  private final Visitors visitors;

  Figures(
      SpecialistSessions sessions,
      LibraryMeters meters,
      LocalSpecialists specialists,
      CallLog calls,
      HandWritten maps,
      Visitors visitors) {
    this.sessions = sessions;
    this.meters = meters;
    this.specialists = specialists;
    this.calls = calls;
    this.maps = maps;
    this.visitors = visitors;
  }

  Frame read() {
    // Before the figures, so that these have what these calls have changed.
    List<Call.Row> latest = calls.latest();
    SessionSnapshot snapshot = sessions.snapshot();
    Map<String, Integer> kept = sessions.kept();
    return new Frame(
        LocalSpecialists.names().stream()
            .map(
                name ->
                    specialist(
                        name,
                        kept.getOrDefault(name, 0),
                        snapshot.specialists().getOrDefault(name, NONE)))
            .toList(),
        calls.totals(),
        specialists.agents().stream().mapToInt(Agent::held).sum(),
        maps.standing(),
        visitors.isOn(),
        latest);
  }

  private Frame.Specialist specialist(String name, int kept, SessionCounts counts) {
    return new Frame.Specialist(
        name,
        meters.sessions(name, kept, counts),
        meters.retrying(name),
        faults(specialists.find(name)));
  }

  private static Frame.@Nullable Faults faults(@Nullable Agent agent) {
    if (agent == null) {
      return null;
    }
    Faults faults = agent.faults();
    return new Frame.Faults(faults.failing(), faults.isSlow(), faults.isDown());
  }
}
