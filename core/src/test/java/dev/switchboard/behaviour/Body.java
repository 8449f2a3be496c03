package dev.switchboard.behaviour;

/** What a call does; a test's own code. */
@FunctionalInterface
interface Body {

  String run() throws Exception;
}
