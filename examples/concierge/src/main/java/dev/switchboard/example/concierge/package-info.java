/** A concierge that passes questions on to three specialists. */
@NullMarked
package dev.switchboard.example.concierge;

import org.jspecify.annotations.NullMarked;
