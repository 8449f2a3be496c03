package dev.switchboard.retry;

import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;

/** The operations in use. Nobody has to say when one is not any more. */
final class RetryOperations {

  private final Set<RetryOperation> known = Collections.newSetFromMap(new WeakHashMap<>());

  synchronized RetryOperation add(RetryOperation operation) {
    known.add(operation);
    return operation;
  }

  synchronized List<RetryOperation> byName() {
    return known.stream().sorted(Comparator.comparing(RetryOperation::name)).toList();
  }
}
