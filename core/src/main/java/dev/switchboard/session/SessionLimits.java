package dev.switchboard.session;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How many sessions of one specialist a store keeps, and how long.
 *
 * @param ttl how long a session is served after its opening returned, or null for no limit
 * @param idleTimeout how long a session is kept after its last use, or null for no limit
 * @param maxSize how many sessions are kept, at least 1
 * @since 0.1
 */
public record SessionLimits(@Nullable Duration ttl, @Nullable Duration idleTimeout, int maxSize) {}
