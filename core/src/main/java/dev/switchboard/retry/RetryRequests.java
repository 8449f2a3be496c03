package dev.switchboard.retry;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The requests that {@link RequestId} values name, while any of their operations has failed:
 * bounded, and gone some time after their last use.
 */
final class RetryRequests {

  private final Cache<List<String>, RetryScope> scopes;

  RetryRequests(RetrySettings settings, Ticker ticker) {
    this.scopes =
        Caffeine.newBuilder()
            .maximumSize(settings.maxRequests())
            .expireAfterAccess(settings.requestExpiry())
            .executor(Runnable::run)
            .ticker(ticker)
            .build();
  }

  @Nullable RetryScope find(List<String> ids) {
    return scopes.getIfPresent(ids);
  }

  /**
   * Counts one more retry, in one step with finding the request, and also in the scope that the
   * invocation has held since its first: the request may have been forgotten meanwhile.
   *
   * @return the request's scope, or null where the operation has had all its retries
   */
  @Nullable RetryScope spend(
      List<String> ids, RetryOperation operation, @Nullable RetryScope held) {
    @Nullable RetryScope[] spentIn = new RetryScope[1];
    scopes
        .asMap()
        .compute(
            ids,
            (key, known) -> {
              RetryScope scope = known != null ? known : held != null ? held : new RetryScope();
              RetryScope other = held == scope ? null : held;
              if (other == null || other.spend(operation)) {
                spentIn[0] = scope.spend(operation) ? scope : null;
                if (other != null && spentIn[0] == null) {
                  other.takeBack(operation);
                }
              }
              return scope;
            });
    return spentIn[0];
  }

  /** Forgets an operation's retries, and the request with its last one. */
  void forgive(List<String> ids, RetryOperation operation) {
    if (find(ids) != null) {
      scopes.asMap().computeIfPresent(ids, (key, known) -> known.forgive(operation) ? null : known);
    }
  }

  long size() {
    scopes.cleanUp();
    return scopes.estimatedSize();
  }
}
