package dev.switchboard.autoconfigure;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.switchboard.autoconfigure.CanaryDesk.Leak;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** Hears what is returned, thrown, logged and observed, but not what the application says. */
final class CanaryEar implements ObservationHandler<Observation.Context> {

  private final List<String> told = new CopyOnWriteArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger("dev.switchboard");

  /** What was said so far. */
  List<String> told() {
    return told;
  }

  static boolean leaks(String text) {
    return text.contains("canary-");
  }

  /** Hears what a call returned, or every failure of its chain that is not the application's. */
  void tell(Callable<?> call) {
    try {
      told.add(String.valueOf(call.call()));
    } catch (Throwable failure) {
      tell(failure, new HashSet<>());
    }
  }

  private void tell(Throwable failure, Set<Throwable> before) {
    if (!before.add(failure)) {
      return;
    }
    if (!(failure instanceof Leak)) {
      // The JDK's wrapper repeats the application's failure to the letter; nothing else may.
      boolean wraps = failure instanceof CompletionException && failure.getCause() instanceof Leak;
      String text = failure.toString();
      told.add(wraps ? text.replace(String.valueOf(failure.getCause()), "") : text);
    }
    for (Throwable suppressed : failure.getSuppressed()) {
      tell(suppressed, before);
    }
    if (failure.getCause() != null) {
      tell(failure.getCause(), before);
    }
  }

  void startLog() {
    logger.setLevel(Level.TRACE);
    log.start();
    logger.addAppender(log);
  }

  void stopLog() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  /** Tells what was logged, and returns how many lines that were. */
  int tellLog() {
    List<ILoggingEvent> lines = List.copyOf(log.list);
    for (ILoggingEvent event : lines) {
      told.add(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        told.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    return lines.size();
  }

  @Override
  public boolean supportsContext(Observation.Context observed) {
    return true;
  }

  @Override
  public void onEvent(Observation.Event event, Observation.Context observed) {
    told.add(event.toString());
  }

  @Override
  public void onError(Observation.Context observed) {
    tell(Objects.requireNonNull(observed.getError()), new HashSet<>());
  }

  @Override
  public void onStop(Observation.Context observed) {
    told.add(observed.getName() + observed.getContextualName() + observed.getAllKeyValues());
  }
}
