package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.Router;
import dev.switchboard.example.concierge.maps.TwoMaps;
import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.example.concierge.specialist.Switches;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Plays the tour's calls with the two maps, on specialists that nobody else uses. */
final class MapsPlayer implements Player {

  private final TwoMaps maps = new TwoMaps();
  private final Router router = new Router();
  private final Map<String, Agent> agents =
      LocalSpecialists.names().stream()
          .collect(Collectors.toMap(Function.identity(), LocalSpecialists::agent));

  @Override
  public boolean ask(String tenant, String message) {
    return maps.ask(agent(router.route(message)), tenant, message);
  }

  @Override
  public void set(String specialist, Switches switches) {
    switches.applyTo(agent(specialist));
  }

  /** The maps have no word for it. */
  @Override
  public void leave(String tenant) {}

  @Override
  public Tally tally() {
    long opened = agents.values().stream().mapToLong(Agent::opened).sum();
    long held = agents.values().stream().mapToLong(Agent::held).sum();
    return new Tally(opened, held, maps.retries());
  }

  TwoMaps maps() {
    return maps;
  }

  private Agent agent(String specialist) {
    return Objects.requireNonNull(agents.get(specialist));
  }
}
