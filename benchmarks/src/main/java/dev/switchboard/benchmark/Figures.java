package dev.switchboard.benchmark;

import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;

/** What one round of a question has measured, by name: nanoseconds, bytes or counts. */
final class Figures {

  private static final String BYTES = ".bytes";

  private final Map<String, Double> values = new TreeMap<>();

  static double median(double... values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
  }

  void put(String name, double value) {
    values.put(name, value);
  }

  /** What a call allocates, beside what it takes. */
  void putBytes(String name, double value) {
    values.put(name + BYTES, value);
  }

  double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw new IllegalStateException("nothing was measured for " + name + " but " + values);
    }
    return value;
  }

  double bytes(String name) {
    return get(name + BYTES);
  }

  @Override
  public String toString() {
    return values.toString();
  }
}
