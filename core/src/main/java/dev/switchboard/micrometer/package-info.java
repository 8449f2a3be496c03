/** Meters and observations of sessions and retries; needs Micrometer, which is optional. */
@NullMarked
package dev.switchboard.micrometer;

import org.jspecify.annotations.NullMarked;
