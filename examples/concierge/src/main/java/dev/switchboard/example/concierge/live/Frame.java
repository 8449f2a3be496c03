package dev.switchboard.example.concierge.live;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that the page shows, at one moment; it names no id and no tenant but our own made-up ones.
 *
 * @param specialists how each specialist's sessions and retries stand
 * @param ours how the concierge's calls have ended
 * @param held sessions open at the concierge's specialists
 * @param maps how the two maps stand after the same calls
 * @param visitors whether visitors ask now and then
 * @param calls the latest calls, newest first
 */
record Frame(
    List<Specialist> specialists,
    CallLog.Totals ours,
    int held,
    HandWritten.Standing maps,
    boolean visitors,
    List<Call.Row> calls) {

  /**
   * One specialist.
   *
   * @param name its name
   * @param sessions the library's ledger, bound and meters of acquiring
   * @param retries the library's meters of retrying
   * @param faults its switches, null if it runs elsewhere
   */
  record Specialist(String name, Sessions sessions, Retries retries, @Nullable Faults faults) {}

  record Sessions(
      long bound,
      long kept,
      long opened,
      long closed,
      long lost,
      long unclosed,
      long hit,
      long joined) {}

  record Retries(long made, double budget, int capacity) {}

  record Faults(int failing, boolean slow, boolean down) {}
}
