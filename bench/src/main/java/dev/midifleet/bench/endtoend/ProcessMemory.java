package dev.midifleet.bench.endtoend;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** What a process has in memory, as {@code /proc/PID/status} gives it (proc(5)). */
final class ProcessMemory {
  private static final long KILOBYTE = 1024;

  private ProcessMemory() {}

  /** The most that it has had resident at once, in bytes: {@code VmHWM}. */
  static long peakBytes(long pid) {
    try {
      return Files.readAllLines(Path.of("/proc", Long.toString(pid), "status")).stream()
          .filter(line -> line.startsWith("VmHWM:")).mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst().orElseThrow() * KILOBYTE;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
