package dev.switchboard.redis;

import java.time.Duration;

/**
 * What sets the sessions of one application apart from others' in the same Redis.
 *
 * @param name shared by all processes of the application, {@code [A-Za-z0-9._-]+}
 * @param closeGrace how long what has left stays open, for calls of other processes that use it
 */
record Namespace(String name, Duration closeGrace) {

  private static final String PREFIX = "switchboard:";

  String key(String rest) {
    return PREFIX + rest;
  }

  /** The channel on which it is told what has left. */
  String channel() {
    return PREFIX + "gone:" + name;
  }

  /** The set of all specialists' names. */
  String specialists() {
    return PREFIX + "specialists:" + name;
  }
}
