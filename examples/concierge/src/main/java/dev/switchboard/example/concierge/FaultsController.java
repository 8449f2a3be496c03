package dev.switchboard.example.concierge;

import dev.switchboard.example.concierge.specialist.Agent;
import dev.switchboard.example.concierge.specialist.LocalSpecialists;
import dev.switchboard.example.concierge.specialist.Switches;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Lets a person make the specialists of this process misbehave. */
@RestController
class FaultsController {

  private final LocalSpecialists specialists;

  FaultsController(LocalSpecialists specialists) {
    this.specialists = specialists;
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
    } catch (IllegalArgumentException e) {
      throw Problem.badInput(String.valueOf(e.getMessage()));
    }
  }
}
