package dev.switchboard.example.concierge.tour;

import java.util.ArrayList;
import java.util.List;

/** The tour's table, line by line. */
final class Table {

  private static final String COLUMNS = "%-40s| %8s %6s %7s %4s | %8s %6s %7s %4s%n";

  private final StringBuilder text = new StringBuilder();
  private final List<String> reasons = new ArrayList<>();

  Table() {
    text.append("%n%-40s| %-28s | %s%n".formatted("", "Switchboard", "two hand-written maps"));
    line("what happens", "answered", "opened", "retries", "held");
    text.append("-".repeat(40)).append('+').append("-".repeat(30)).append('+');
    text.append("-".repeat(29)).append(System.lineSeparator());
  }

  private void line(String title, String answered, String opened, String retries, String held) {
    text.append(
        COLUMNS.formatted(title, answered, opened, retries, held, answered, opened, retries, held));
  }

  void add(Scene scene, Scene.Row ours, Scene.Row maps) {
    text.append(
        COLUMNS.formatted(
            scene.title(),
            answered(ours),
            ours.opened(),
            ours.retries(),
            ours.held(),
            answered(maps),
            maps.opened(),
            maps.retries(),
            maps.held()));
    if (!scene.why().isEmpty()) {
      reasons.add("  %-40s%s".formatted(scene.title(), scene.why()));
    }
  }

  /** Says what the last column means, and why the maps differ. */
  void explain() {
    note("%nheld: sessions open at the specialists afterwards. Why the maps differ:".formatted());
    reasons.forEach(this::note);
    note("");
  }

  private static String answered(Scene.Row row) {
    return row.asked() == 0 ? "-" : row.answered() + " of " + row.asked();
  }

  void note(String line) {
    text.append(line).append(System.lineSeparator());
  }

  @Override
  public String toString() {
    return text.toString();
  }
}
