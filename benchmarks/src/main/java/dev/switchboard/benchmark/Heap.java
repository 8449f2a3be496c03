package dev.switchboard.benchmark;

/** What is in use after a collection; exact with the serial collector and without other threads. */
final class Heap {

  private Heap() {}

  static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }
}
