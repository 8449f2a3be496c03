package dev.switchboard.example.concierge;

import dev.switchboard.retry.RetryContext;
import dev.switchboard.session.SessionContext;
import org.springframework.stereotype.Component;

/** What every desk does with a message, within the session and the attempt that it is called in. */
@Component
class Turn {

  private final AdkRuns runs;
  private final History history;

  Turn(AdkRuns runs, History history) {
    this.runs = runs;
    this.history = history;
  }

  Answer take(String message) {
    SessionContext session = SessionContext.current();
    RetryContext retry = RetryContext.current();
    boolean fresh = session.isFresh();

    String prompt = retry.isRetry() ? Prompts.simplified(message) : message;
    if (fresh) {
      prompt = Prompts.withRecap(history.of(session.key()), prompt);
    }
    String reply = runs.run(session.key(), session.id(), prompt);
    history.add(session.key(), message, reply);

    return new Answer(
        session.key().specialist(),
        reply,
        fresh,
        session.toString(),
        retry.attempt(),
        retry.isRetry());
  }
}
