package dev.switchboard.benchmark;

/** Measures one question: JMH, or a program of its own. */
interface Source {

  /**
   * Measures everything once, each part in a fresh JVM.
   *
   * @param seconds how long a benchmark warms up, and how long it is then measured
   */
  Figures round(int seconds) throws Exception;
}
