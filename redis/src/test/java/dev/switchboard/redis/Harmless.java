package dev.switchboard.redis;

import java.io.Serializable;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Serialized like {@link Poisoned} but for its name. */
final class Harmless implements Serializable {

  private static final long serialVersionUID = 1L;

  /** What has happened to the other. */
  static final List<String> POISONED = new CopyOnWriteArrayList<>();
}
