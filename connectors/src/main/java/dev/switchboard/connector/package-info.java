/** Connectors for agent runtimes, over Spring's RestClient. */
@NullMarked
package dev.switchboard.connector;

import org.jspecify.annotations.NullMarked;
