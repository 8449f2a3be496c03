package dev.switchboard;

/**
 * Marks a failure that trying again does not mend, such as a session lost twice, or a call without
 * a tenant. It is retried only where {@code @RequestScopedRetry} includes its type, or a subtype of
 * it, by name.
 *
 * @since 0.1
 */
public interface NonRetryable {}
