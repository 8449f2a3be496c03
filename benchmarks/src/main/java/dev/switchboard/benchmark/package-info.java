/** What a call costs, beside what users would pick instead; see {@code docs/performance.md}. */
@NullMarked
package dev.switchboard.benchmark;

import org.jspecify.annotations.NullMarked;
