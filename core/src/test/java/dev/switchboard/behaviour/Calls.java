package dev.switchboard.behaviour;

/** The calls that the suite makes, each until its result is there. */
interface Calls {

  String DESK = "desk";
  String LEARNER = "learner";
  int MAX_RETRIES = 2;

  /** With a session of the specialist {@code desk}, and retried. */
  String ask(String tenant, Body body) throws Exception;

  /** With a session of {@code desk}, one call at a time, not retried. */
  String alone(String tenant, Body body) throws Exception;

  /** With a session of {@code learner}, whose id the first reply names, not retried. */
  String learn(String tenant, Body body) throws Exception;
}
