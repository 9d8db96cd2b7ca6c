package dev.midifleet.bench.duplicates;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.stream.Stream;

/** The largest heap in use since the last reset, garbage included. */
final class HeapPeak {
  private HeapPeak() {}

  private static Stream<MemoryPoolMXBean> pools() {
    return ManagementFactory.getMemoryPoolMXBeans().stream().filter(pool -> pool.getType() == MemoryType.HEAP);
  }

  static void reset() {
    System.gc();
    pools().forEach(MemoryPoolMXBean::resetPeakUsage);
  }

  /** At most: the peaks of young and old objects need not have been at the same time. */
  static long bytes() {
    return pools().mapToLong(pool -> pool.getPeakUsage().getUsed()).sum();
  }
}
