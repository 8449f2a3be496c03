package dev.switchboard.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.List;

/**
 * What is in use after a collection; exact with the serial collector. What the collection has left
 * counts, not what the runtime says is in use: that includes whole buffers of threads that have
 * allocated a little since, 1.4 MB each.
 */
final class Heap {

  private static final List<MemoryPoolMXBean> POOLS =
      ManagementFactory.getMemoryPoolMXBeans().stream()
          .filter(pool -> pool.getType() == MemoryType.HEAP)
          .toList();

  private Heap() {}

  static long used() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    return POOLS.stream().mapToLong(pool -> pool.getCollectionUsage().getUsed()).sum();
  }
}
