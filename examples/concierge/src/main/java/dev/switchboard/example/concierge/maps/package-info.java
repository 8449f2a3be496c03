/** What is written by hand without this library, to be watched beside it. */
@NullMarked
package dev.switchboard.example.concierge.maps;

import org.jspecify.annotations.NullMarked;
