/** Spring Boot auto-configuration of sessions and retries. */
@NullMarked
package dev.switchboard.autoconfigure;

import org.jspecify.annotations.NullMarked;
