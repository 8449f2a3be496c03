/** The live page: calls, figures, and visitors to watch. */
@NullMarked
package dev.switchboard.example.concierge.live;

import org.jspecify.annotations.NullMarked;
