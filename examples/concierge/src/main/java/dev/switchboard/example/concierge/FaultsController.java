package dev.switchboard.example.concierge;

import dev.switchboard.example.concierge.live.HandWritten;
import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.example.concierge.specialist.Switches;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets a person make the specialists of this process misbehave. */
@RestController
class FaultsController {

  private static final Logger log = LoggerFactory.getLogger(FaultsController.class);

  private final LocalSpecialists specialists;
  private final HandWritten maps;

  FaultsController(LocalSpecialists specialists, HandWritten maps) {
    this.specialists = specialists;
    this.maps = maps;
  }

  @PostMapping("/specialists/{name}/faults")
  @ResponseStatus(HttpStatus.NO_CONTENT)
  void set(@PathVariable("name") String name, @RequestBody Switches switches) {
    Agent agent = specialists.find(name);
    if (agent == null) {
      throw Problem.notFound("no specialist of this name runs in this process");
    }
    try {
      switches.applyTo(agent);
      maps.set(name, switches);
      log.info("The switches of {} are set: {}", name, switches);
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(String.valueOf(e.getMessage()));
    }
  }
}
