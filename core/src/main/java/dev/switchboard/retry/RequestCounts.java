package dev.switchboard.retry;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the retries of an invocation are counted: in the request of the outermost one that it is
 * nested in, which {@code ids} name, or a scope. The engine's side of a {@link RetryContext}, and
 * one object with it, as every call makes one.
 */
abstract sealed class RequestCounts permits RetryContext {

  private final RetryRequests requests;
  private final RetryOperation operation;

  /** Not those between: calls may follow each other for ever, each begun by the one before. */
  private final RequestCounts outermost;

  private final @Nullable List<String> ids;

  /** The HTTP request, sought where the call begins: others may count where nobody knows it. */
  private final @Nullable Object http;

  private volatile @Nullable RetryScope scope;

  RequestCounts(
      RetryRequests requests,
      RetryOperation operation,
      @Nullable RequestCounts enclosing,
      @Nullable List<String> ids,
      @Nullable RetryScope scope) {
    this.requests = requests;
    this.operation = operation;
    this.outermost = enclosing == null ? this : enclosing.outermost;
    this.ids = ids;
    boolean seeks = RetryFilter.WEB && enclosing == null && ids == null && scope == null;
    this.http = seeks ? HttpRequests.current() : null;
    if (scope != null) {
      this.scope = scope; // volatile, and null for most
    }
  }

  RetryOperation operation() {
    return operation;
  }

  /** What {@link RetryContext#requestId} answers. */
  String request() {
    List<String> named = outermost.ids;
    return named == null ? outermost.scope().label() : String.join("/", named);
  }

  /** Counts one more retry in the request, unless it has had all of them. */
  boolean spend() {
    return outermost.spend(operation);
  }

  private boolean spend(RetryOperation of) {
    if (ids == null) {
      return scope().spend(of);
    }
    RetryScope spentIn = requests.spend(ids, of, scope);
    if (spentIn != null && scope == null) {
      scope = spentIn;
    }
    return spentIn != null;
  }

  /** The retry last counted was not made after all. */
  void takeBack() {
    outermost.takeBack(operation);
  }

  private void takeBack(RetryOperation of) {
    RetryScope held = scope;
    if (held != null) {
      held.takeBack(of);
    }
    RetryScope known = ids == null ? null : requests.find(ids);
    if (known != null && known != held) {
      known.takeBack(of);
    }
  }

  /** Whether the request has had all retries of the operation. Looked up anew each time. */
  boolean isSpent() {
    return outermost.spent(operation) >= operation.maxRetries();
  }

  private int spent(RetryOperation of) {
    RetryScope known = ids == null ? knownScope() : requests.find(ids);
    RetryScope held = scope;
    return Math.max(
        known == null ? 0 : known.spent(of), held == null || held == known ? 0 : held.spent(of));
  }

  /** Forgets the operation's retries in the request, where no other invocation encloses this. */
  void forgive() {
    if (outermost != this) {
      return;
    }
    if (ids != null) {
      requests.forgive(ids, operation);
      return;
    }
    RetryScope known = knownScope();
    if (known != null) {
      known.forgive(operation);
    }
  }

  private synchronized RetryScope scope() {
    RetryScope found = scope;
    if (found == null) {
      found = http == null ? null : HttpRequests.scope(http, true);
      scope = found = found == null ? new RetryScope() : found;
    }
    return found;
  }

  private @Nullable RetryScope knownScope() {
    RetryScope known = scope;
    return known == null && http != null ? HttpRequests.scope(http, false) : known;
  }
}
