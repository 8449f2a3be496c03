package dev.switchboard.benchmark;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The one table: each line's median ratio, the least and the most of all rounds, its reach. */
final class Table {

  private static final String[] HEAD = {
    "question", "ours", "beside", "ratio", "least - most", "reach", "met"
  };

  private final List<String[]> lines = new ArrayList<>();

  void add(Question question, Claim claim, List<Figures> rounds) {
    double[] ratios = rounds.stream().mapToDouble(claim.ratio()).sorted().toArray();
    double median = Figures.median(ratios);
    lines.add(
        new String[] {
          question.name() + ": " + claim.what(),
          claim.ours(),
          claim.peer(),
          number(median),
          number(ratios[0]) + " - " + number(ratios[ratios.length - 1]),
          claim.reach() == null ? "" : claim.reach().toString(),
          met(claim.reach(), median, ratios)
        });
  }

  /** Undecided where the rounds do not agree. */
  private static String met(Claim.@Nullable Reach reach, double median, double[] ratios) {
    if (reach == null) {
      return "";
    }
    boolean least = reach.isMetBy(ratios[0]);
    boolean most = reach.isMetBy(ratios[ratios.length - 1]);
    String answer = reach.isMetBy(median) ? "yes" : "no";
    return least == most ? answer : answer + "?";
  }

  static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) < 9.995 ? "%.2f" : "%.0f", value);
  }

  /** Prints it so that a page can take it. */
  @Override
  public String toString() {
    int[] widths = new int[HEAD.length];
    List<String[]> all = new ArrayList<>(lines);
    all.add(0, HEAD);
    for (String[] line : all) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    StringBuilder text = new StringBuilder();
    for (String[] line : all) {
      for (int i = 0; i < widths.length; i++) {
        text.append("| ").append(line[i]).append(" ".repeat(widths[i] - line[i].length() + 1));
      }
      text.append("|\n");
      if (line == HEAD) {
        text.append("|---".repeat(widths.length)).append("|\n");
      }
    }
    return text.toString();
  }
}
