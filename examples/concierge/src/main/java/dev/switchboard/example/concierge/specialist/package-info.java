/** Specialists to try things with: in this process, behind HTTP, with switches for faults. */
@NullMarked
package dev.switchboard.example.concierge.specialist;

import org.jspecify.annotations.NullMarked;
