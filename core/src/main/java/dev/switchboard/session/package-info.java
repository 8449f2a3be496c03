/** Sessions at remote specialist agents: bounded, expiring, shared, reopened when lost, closed. */
@NullMarked
package dev.switchboard.session;

import org.jspecify.annotations.NullMarked;
