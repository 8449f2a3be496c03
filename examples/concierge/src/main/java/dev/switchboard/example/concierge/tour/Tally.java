package dev.switchboard.example.concierge.tour;

/**
 * How things stand at one player's specialists.
 *
 * @param opened sessions that were ever opened there
 * @param held sessions that are open there
 * @param retries calls that were made again
 */
record Tally(long opened, long held, long retries) {}
