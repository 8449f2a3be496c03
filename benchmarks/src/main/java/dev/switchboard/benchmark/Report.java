package dev.switchboard.benchmark;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Answers the questions that are named, or all, and prints one table. */
final class Report {

  private Report() {}

  public static void main(String[] args) throws Exception {
    int rounds = 5;
    int seconds = 5;
    Set<String> named = new LinkedHashSet<>();
    for (String arg : args) {
      if (arg.startsWith("--rounds=")) {
        rounds = Integer.parseInt(arg.substring("--rounds=".length()));
      } else if (arg.startsWith("--seconds=")) {
        seconds = Integer.parseInt(arg.substring("--seconds=".length()));
      } else {
        named.add(arg);
      }
    }
    List<Question> questions = Questions.named(named);
    Table table = new Table();
    for (Question question : questions) {
      List<Figures> measured = new ArrayList<>();
      for (int round = 1; round <= rounds; round++) {
        Figures figures = question.source().round(seconds);
        System.err.printf("%s %d/%d %s%n", question.name(), round, rounds, figures);
        measured.add(figures);
      }
      question.claims().forEach(claim -> table.add(question, claim, measured));
    }
    System.out.println(table);
  }
}
