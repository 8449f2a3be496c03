/** Retries whose context belongs to one invocation and whose count belongs to one request. */
@NullMarked
package dev.switchboard.retry;

import org.jspecify.annotations.NullMarked;
