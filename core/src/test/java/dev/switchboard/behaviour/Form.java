package dev.switchboard.behaviour;

import dev.switchboard.retry.RetryExecutor;
import dev.switchboard.session.SpecialistSessions;
import java.util.List;

/** A form in which methods give their results: all that the suite has to know of it. */
interface Form {

  /** All forms; each is a column of the matrix. */
  static List<Form> all() {
    return List.of(new Values());
  }

  String name();

  /** A class with annotated methods and no interface. */
  Class<?> type();

  /** A class whose methods are annotated on the interface that it implements. */
  Class<?> typeWithInterface();

  /** Calls a bean of either class. */
  Calls calls(Object bean);

  /** Does the same without annotations. */
  Calls calls(SpecialistSessions sessions, RetryExecutor retries);
}
