package dev.switchboard.session;

/**
 * What became of the sessions opened; {@code opened = live + draining + closed + lost + unclosed}.
 *
 * @param opened all ids that openings brought
 * @param live kept in the store
 * @param draining left, but still in use or waiting for their close
 * @param closed closed at the specialist
 * @param lost forgotten by the specialist, so not closed
 * @param unclosed could not be closed, though tried
 * @since 0.1
 */
public record SessionCounts(
    long opened, long live, long draining, long closed, long lost, long unclosed) {

  SessionCounts plus(SessionCounts other) {
    return new SessionCounts(
        opened + other.opened,
        live + other.live,
        draining + other.draining,
        closed + other.closed,
        lost + other.lost,
        unclosed + other.unclosed);
  }
}
