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
import org.springframework.util.ExceptionTypeFilter;

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

  private final List<Class<? extends Throwable>> listed;
  private final ExceptionTypeFilter included;
  private final ExceptionTypeFilter excluded;

  RetryFilter(RetryPolicy policy) {
    this.listed = policy.includes();
    this.included = new ExceptionTypeFilter(policy.includes(), List.of(), true);
    this.excluded = new ExceptionTypeFilter(policy.excludes(), List.of(), false);
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
    boolean matches = false;
    for (Throwable failure : chain) {
      if (excluded.match(failure) || !mayBeRetried(failure)) {
        return false;
      }
      matches |= included.match(failure);
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
    for (Class<?> candidate : listed) {
      if (named.test(candidate) && candidate.isInstance(failure)) {
        return true;
      }
    }
    return false;
  }
}
