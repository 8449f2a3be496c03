package dev.switchboard.example.concierge;

import dev.switchboard.session.SpecialistSessions;
import java.util.Map;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;

/** Lets a tenant leave: its conversations are closed at every specialist, and forgotten here. */
@RestController
class TenantController {

  private final SpecialistSessions sessions;
  private final History history;

  TenantController(SpecialistSessions sessions, History history) {
    this.sessions = sessions;
    this.history = history;
  }

  @DeleteMapping("/tenants/{tenant}")
  Map<String, Integer> leave(@PathVariable("tenant") String tenant) {
    String leaving = Input.tenant(tenant);
    int left = sessions.evictTenant(leaving);
    history.forget(leaving);
    return Map.of("sessions", left);
  }
}
