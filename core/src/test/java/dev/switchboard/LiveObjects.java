package dev.switchboard;

import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What a full collection leaves on the heap.
 *
 * @param ours how many objects of this library's classes, those of its tests among them
 * @param bytes of all objects
 */
public record LiveObjects(long ours, long bytes) {

  private static final int LOOKS = 100;

  /**
   * Counts until fewer of ours are left, as what other threads are still at is garbage soon; gives
   * up after many times.
   */
  public static LiveObjects countDownTo(long fewer) {
    LiveObjects counted = count();
    for (int look = 1; look < LOOKS && counted.ours >= fewer; look++) {
      counted = count();
    }
    return counted;
  }

  /** Collects all garbage and counts what is left. */
  public static LiveObjects count() {
    String histogram;
    try {
      histogram =
          (String)
              ManagementFactory.getPlatformMBeanServer()
                  .invoke(
                      new ObjectName("com.sun.management:type=DiagnosticCommand"),
                      "gcClassHistogram",
                      new Object[] {new String[0]},
                      new String[] {String[].class.getName()});
    } catch (JMException e) {
      throw new IllegalStateException(e);
    }
    long ours = 0;
    long bytes = 0;
    for (String line : histogram.lines().toList()) {
      String[] columns = line.trim().split("\\s+", -1); // number, instances, bytes, class
      if (columns.length > 3 && columns[0].endsWith(":")) {
        bytes += Long.parseLong(columns[2]);
        ours += columns[3].startsWith("dev.switchboard.") ? Long.parseLong(columns[1]) : 0;
      }
    }
    return new LiveObjects(ours, bytes);
  }
}
