/** What sessions and retries both need: the call they serve, and errors in what was declared. */
@NullMarked
package dev.switchboard;

import org.jspecify.annotations.NullMarked;
