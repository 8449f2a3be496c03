package dev.switchboard.example.concierge.tour;

import dev.switchboard.example.concierge.specialist.Switches;

/** Who plays the tour's calls, with specialists of its own. */
interface Player {

  /** Puts a message to the specialist that fits, and tells whether there was an answer. */
  boolean ask(String tenant, String message);

  /** Sets one specialist's switches. */
  void set(String specialist, Switches switches);

  /** Lets a tenant leave. */
  void leave(String tenant);

  /** Tells how things stand, once all is at rest. */
  Tally tally();
}
