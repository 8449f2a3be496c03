package dev.switchboard.behaviour;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import dev.switchboard.behaviour.BehaviourRecorder.Line;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** Prints which behaviours hold for which form, advice and JDK; run once all others have. */
class BehaviourMatrix {

  private record Cell(String form, String advice, int jdk) {}

  @Test
  void everyCellIsFilledAndGreen() throws IOException {
    List<Line> lines =
        Files.readAllLines(Objects.requireNonNull(BehaviourRecorder.file())).stream()
            .map(Line::parse)
            .toList();
    Map<Cell, Long> all = count(lines);
    Map<Cell, Long> kept = count(lines.stream().filter(Line::kept).toList());
    List<Long> counts = new ArrayList<>();
    StringBuilder table = new StringBuilder("| form | advice |");
    jdks().forEach(jdk -> table.append(" JDK ").append(jdk).append(" |"));
    for (Form<?> form : Form.all()) {
      for (Advice advice : Advice.values()) {
        table.append("\n| ").append(form.name()).append(" | ").append(advice).append(" |");
        for (int jdk : jdks()) {
          Cell cell = new Cell(form.name(), advice.toString(), jdk);
          long green = kept.getOrDefault(cell, 0L);
          counts.add(green);
          table.append(" %d of %d |".formatted(green, all.getOrDefault(cell, 0L)));
        }
      }
    }
    System.out.println("Behaviours that hold:\n\n" + table + "\n");
    assertThat(lines).as("%s", table).allMatch(Line::kept);
    assertThat(counts).as("%s", table).doesNotContain(0L);
    assertThat(counts.stream().distinct()).as("%s", table).hasSize(1);
  }

  private static Map<Cell, Long> count(List<Line> lines) {
    return lines.stream()
        .collect(groupingBy(line -> new Cell(line.form(), line.advice(), line.jdk()), counting()));
  }

  /** The JDK that builds, and those that the build says it has run the suite on. */
  private static Set<Integer> jdks() {
    Set<Integer> jdks = new TreeSet<>();
    jdks.add(Runtime.version().feature());
    for (String jdk : System.getProperty("behaviour.jdks", "").split(",", -1)) {
      if (!jdk.isBlank()) {
        jdks.add(Integer.valueOf(jdk.strip()));
      }
    }
    return jdks;
  }
}
