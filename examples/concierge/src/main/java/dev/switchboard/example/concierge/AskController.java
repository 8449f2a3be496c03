package dev.switchboard.example.concierge;

import dev.switchboard.example.concierge.live.Call;
import dev.switchboard.example.concierge.live.CallLog;
import dev.switchboard.session.SessionLostException;
import dev.switchboard.session.SessionOpenException;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClientException;

/** Takes a tenant's message to the specialist that fits. */
@RestController
class AskController {

  record Question(@Nullable String tenant, @Nullable String message) {}

  private final Router router;
  private final Map<String, Desk> desks;
  private final CallLog calls;

  AskController(Router router, Map<String, Desk> desks, CallLog calls) {
    this.router = router;
    this.desks = desks;
    this.calls = calls;
  }

  @PostMapping("/ask")
  Answer ask(@RequestBody Question question) {
    String tenant = Input.tenant(question.tenant());
    String message = Input.message(question.message());
    String specialist = router.route(message);
    try (Call call = calls.begin(specialist, tenant, message)) {
      Answer answer = Objects.requireNonNull(desks.get(specialist)).ask(tenant, message);
      call.answered();
      return answer;
    } catch (RestClientException | SessionOpenException | SessionLostException e) {
      throw Problem.unavailable(specialist, e);
    }
  }
}
