/** Sessions shared by processes through Redis or Valkey. */
@NullMarked
package dev.switchboard.redis;

import org.jspecify.annotations.NullMarked;
