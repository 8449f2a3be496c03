/** The smallest real program. */
@NullMarked
package dev.switchboard.example.quickstart;

import org.jspecify.annotations.NullMarked;
