package dev.switchboard.redis;

import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.Serializable;

/** Must never be initialized by what is read from Redis. */
final class Poisoned implements Serializable {

  private static final long serialVersionUID = 1L;

  static {
    Harmless.POISONED.add("initialized");
  }

  @SuppressWarnings("UnusedMethod")
  private void readObject(ObjectInputStream in) throws IOException, ClassNotFoundException {
    in.defaultReadObject();
    Harmless.POISONED.add("read");
  }
}
