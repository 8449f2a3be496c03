/**
 * Connectors for agent runtimes, over Spring's RestClient. They need one of the JSON libraries that
 * it supports on the class path.
 */
@NullMarked
package dev.switchboard.connector;

import org.jspecify.annotations.NullMarked;
