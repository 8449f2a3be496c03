package dev.switchboard.example.concierge.tour;

import java.util.function.ToIntFunction;

/**
 * One step of the tour.
 *
 * @param title what happens, in a few words
 * @param why what the maps make of it, or nothing where they do well
 * @param asked how many messages are sent
 * @param play plays it and tells how many were answered
 */
record Scene(String title, String why, int asked, ToIntFunction<Player> play) {

  /** Plays the scene and tells what it changed. */
  Row playedBy(Player player) {
    Tally before = player.tally();
    int answered = play.applyAsInt(player);
    Tally after = player.tally();
    return new Row(
        asked,
        answered,
        after.opened() - before.opened(),
        after.retries() - before.retries(),
        after.held());
  }

  /** What one player made of it. */
  record Row(int asked, int answered, long opened, long retries, long held) {}
}
