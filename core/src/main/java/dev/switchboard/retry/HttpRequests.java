package dev.switchboard.retry;

import org.jspecify.annotations.Nullable;
import org.springframework.web.context.request.RequestAttributes;
import org.springframework.web.context.request.RequestContextHolder;

/** The scope of the current HTTP request. Loaded only where Spring Web is there. */
final class HttpRequests {

  private static final String SCOPE = RetryScope.class.getName();

  /** Set by Spring's test framework on a request that stands for a whole test method. */
  private static final String MOCK =
      "org.springframework.test.context.web.ServletTestExecutionListener"
          + ".createdByTheTestContextFramework";

  private HttpRequests() {}

  /** {@return the request that this thread serves, a {@code RequestAttributes}, or null} */
  static @Nullable Object current() {
    return RequestContextHolder.getRequestAttributes();
  }

  /** The request's scope, made if need be and wanted; null where it has none, or has completed. */
  static @Nullable RetryScope scope(Object served, boolean create) {
    RequestAttributes request = (RequestAttributes) served;
    try {
      RetryScope scope = find(request);
      if (scope != null || !create || find(request, MOCK) != null) {
        return scope;
      }
      synchronized (request) {
        scope = find(request);
        if (scope == null) {
          scope = new RetryScope();
          request.setAttribute(SCOPE, scope, RequestAttributes.SCOPE_REQUEST);
        }
        return scope;
      }
    } catch (IllegalStateException completed) {
      return null;
    }
  }

  private static @Nullable RetryScope find(RequestAttributes request) {
    return (RetryScope) find(request, SCOPE);
  }

  private static @Nullable Object find(RequestAttributes request, String attribute) {
    return request.getAttribute(attribute, RequestAttributes.SCOPE_REQUEST);
  }
}
