package dev.switchboard.retry;

import dev.switchboard.NonRetryable;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Predicate;
import org.springframework.util.ClassUtils;

/** Tells which failures an operation retries. */
final class RetryFilter {

  static final boolean WEB =
      ClassUtils.isPresent(
          "org.springframework.web.client.RestClientResponseException",
          RetryFilter.class.getClassLoader());

  /** Retried only where they are listed themselves, or by a subtype. */
  private static final List<Class<?>> GUARDED =
      List.of(
          Error.class,
          InterruptedException.class,
          ClosedByInterruptException.class,
          InterruptedIOException.class,
          CancellationException.class,
          NonRetryable.class);

  /** Causes beyond are not looked at, so that a circle of causes has an end. */
  private static final int DEPTH = 32;

  private final List<Class<? extends Throwable>> included;
  private final List<Class<? extends Throwable>> excluded;

  RetryFilter(RetryPolicy policy) {
    this.included = policy.includes();
    this.excluded = policy.excludes();
  }

  /** The failure and its causes, as far as they are looked at. */
  static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>(4);
    Throwable next = failure;
    while (next != null && chain.size() < DEPTH) {
      chain.add(next);
      next = next.getCause();
    }
    return chain;
  }

  boolean matches(List<Throwable> chain) {
    boolean matches = included.isEmpty();
    for (Throwable failure : chain) {
      if (isOneOf(excluded, failure) || !mayBeRetried(failure)) {
        return false;
      }
      matches |= isOneOf(included, failure);
    }
    return matches;
  }

  private boolean mayBeRetried(Throwable failure) {
    for (Class<?> type : GUARDED) {
      if (isGuarded(failure, type) && !isListed(failure, type::isAssignableFrom)) {
        return false;
      }
    }
    return !WEB
        || !HttpFailures.isRefusal(failure)
        || isListed(failure, HttpFailures::namesRefusals);
  }

  private static boolean isGuarded(Throwable failure, Class<?> type) {
    boolean mere =
        type == InterruptedIOException.class && failure instanceof SocketTimeoutException;
    return type.isInstance(failure) && !mere;
  }

  private boolean isListed(Throwable failure, Predicate<Class<?>> named) {
    for (Class<?> candidate : included) {
      if (named.test(candidate) && candidate.isInstance(failure)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isOneOf(List<Class<? extends Throwable>> types, Throwable failure) {
    for (Class<?> type : types) {
      if (type.isInstance(failure)) {
        return true;
      }
    }
    return false;
  }
}
