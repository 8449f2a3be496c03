package dev.switchboard.session;

import java.util.ArrayDeque;
import java.util.Queue;

/** The latest failures that invocations nested in one have judged already, by identity. */
final class JudgedFailures {

  private static final int MAX = 32;

  private final Queue<Throwable> failures = new ArrayDeque<>(4);

  void add(Throwable failure) {
    if (failures.size() == MAX) {
      failures.remove();
    }
    failures.add(failure);
  }

  boolean contains(Throwable failure) {
    return failures.stream().anyMatch(known -> known == failure);
  }
}
