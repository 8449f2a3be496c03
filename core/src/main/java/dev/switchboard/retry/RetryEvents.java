package dev.switchboard.retry;

import dev.switchboard.retry.RetryObserver.Stop;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observer, if there is one, what becomes of retries; never fails. */
final class RetryEvents {

  private static final Logger log = LoggerFactory.getLogger(RetryEvents.class);

  private final @Nullable RetryObserver observer;

  RetryEvents(@Nullable RetryObserver observer) {
    this.observer = observer;
  }

  void created(RetryOperation operation) {
    tell(told -> told.created(operation));
  }

  void retried(RetryContext context, boolean succeeded) {
    if (context.isRetry()) {
      tell(told -> told.retried(context.operation(), succeeded));
    }
  }

  void stopped(RetryOperation operation, Stop cause) {
    tell(told -> told.stopped(operation, cause));
  }

  private void tell(Consumer<RetryObserver> event) {
    if (observer != null) {
      try {
        event.accept(observer);
      } catch (Throwable failure) {
        log.debug("An observer of retries failed, which changes nothing else", failure);
      }
    }
  }
}
