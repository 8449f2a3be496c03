/** A Redis server that the concierge starts itself. */
@NullMarked
package dev.switchboard.example.concierge.redis;

import org.jspecify.annotations.NullMarked;
