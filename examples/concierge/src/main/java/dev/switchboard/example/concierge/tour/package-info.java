/** A scripted tour: the same calls through the concierge and through two hand-written maps. */
@NullMarked
package dev.switchboard.example.concierge.tour;

import org.jspecify.annotations.NullMarked;
