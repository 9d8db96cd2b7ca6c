package dev.midifleet.bench.endtoend;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Processor time of processes and of all that they have started, as {@code /proc/PID/stat} gives it (proc(5)): in ticks of
 * 10 ms, user and system, with those of ended children once they were waited for.
 */
public final class ProcessCpu {
  private static final double MICROS_A_TICK = 10_000;
  /** Of utime, counted from the state, which is the first field after the name. */
  private static final int UTIME = 11;
  private static final int FIELDS = 4;

  private ProcessCpu() {}

  /** Of these processes and their descendants, in µs; what has ended counts with the parent that waited for it. */
  public static double micros(List<Long> roots) {
    return roots.stream().flatMap(pid -> ProcessHandle.of(pid).stream())
        .flatMap(root -> Stream.concat(Stream.of(root), root.descendants())).mapToLong(ProcessHandle::pid).distinct()
        .mapToDouble(ProcessCpu::ofOne).sum();
  }

  /** Of the children of this JVM that have ended, in µs. */
  public static double microsOfEndedChildren() {
    long[] ticks = ticks(ProcessHandle.current().pid());
    return (ticks[2] + ticks[3]) * MICROS_A_TICK;
  }

  /**
   * Of those threads of a JVM that compile, in µs: what they used before it has let one of them end is not in it.
   */
  public static double microsOfCompilers(long pid) {
    double sum = 0;
    try (Stream<Path> threads = Files.list(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path thread : threads.toList()) {
        String line = Files.readString(thread.resolve("stat"));
        if (line.contains("(C1 Comp") || line.contains("(C2 Comp")) {
          long[] ticks = ticks(line);
          sum += ticks[0] + ticks[1];
        }
      }
    } catch (IOException _) {
      // It, or a thread of it, has ended meanwhile.
    }
    return sum * MICROS_A_TICK;
  }

  private static double ofOne(long pid) {
    double sum = 0;
    for (long ticks : ticks(pid)) {
      sum += ticks;
    }
    return sum * MICROS_A_TICK;
  }

  /** utime, stime, cutime, cstime; all 0 if it has ended. */
  private static long[] ticks(long pid) {
    try {
      return ticks(Files.readString(Path.of("/proc", Long.toString(pid), "stat")));
    } catch (IOException _) {
      return new long[FIELDS];
    }
  }

  private static long[] ticks(String line) {
    // The name may hold spaces and parentheses.
    String[] fields = line.substring(line.lastIndexOf(')') + 2).split(" ", -1);
    long[] ticks = new long[FIELDS];
    for (int i = 0; i < FIELDS; i++) {
      ticks[i] = Long.parseLong(fields[UTIME + i]);
    }
    return ticks;
  }
}
