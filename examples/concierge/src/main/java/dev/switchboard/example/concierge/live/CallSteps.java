package dev.switchboard.example.concierge.live;

import dev.switchboard.micrometer.InvocationObservationContext;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import org.springframework.stereotype.Component;

/** Tells each call what the library observes of its invocation, on the same thread. */
@Component
class CallSteps implements ObservationHandler<InvocationObservationContext> {

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof InvocationObservationContext;
  }

  @Override
  public void onEvent(Observation.Event event, InvocationObservationContext context) {
    Call call = Call.current();
    if (call == null) {
      return;
    }
    switch (event.getName()) {
      case "attempt" -> call.attempt();
      case "open" -> call.session(Call.Session.OPENED);
      case "joined" -> call.session(Call.Session.JOINED);
      case "reopen" -> call.session(Call.Session.REOPENED);
      default -> {}
    }
  }
}
