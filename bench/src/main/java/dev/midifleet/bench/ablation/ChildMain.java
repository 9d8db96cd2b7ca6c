package dev.midifleet.bench.ablation;

import com.sun.management.OperatingSystemMXBean;
import dev.midifleet.bench.LoadedCorpus;
import dev.midifleet.bench.endtoend.ProcessCpu;
import dev.midifleet.common.failure.FileFailure;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.stream.Stream;

/**
 * The process of a {@link ChildJvm}. Of each line that it reads, {@code warm SECONDS}, {@code turn} or {@code sum}, it
 * answers by a line: nanoseconds by the clock, nanoseconds of processor time of this process, with its compiler
 * and collector, and of the server that it writes to, files, and a sum.
 */
final class ChildMain {
  private static final OperatingSystemMXBean SYSTEM = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  /** The server's process, where there is one. */
  static final String POSTGRES_PROPERTY = "ablation.postgres";

  private static final List<Long> POSTGRES = Stream.ofNullable(Long.getLong(POSTGRES_PROPERTY)).toList();
  private static final double NANOS_A_MICRO = 1e3;

  private final Chore.Task task;
  private final int walks;
  private final int files;

  private ChildMain(Chore chore, Path folder) throws IOException {
    List<Path> paths = LoadedCorpus.paths(folder);
    files = paths.size();
    walks = chore.walks();
    task = chore.over(paths, LoadedCorpus.load(folder.toString(), files));
  }

  private String answer(String line) throws IOException, FileFailure, SQLException {
    if (line.equals("sum")) return "0 0 " + files + " " + task.wholeSum();
    if (line.equals("turn")) return turn(walks);
    double seconds = Double.parseDouble(line.substring("warm ".length()));
    long begin = System.nanoTime();
    String last = turn(1);
    while (System.nanoTime() - begin < seconds * 1e9) {
      last = turn(1);
    }
    return last;
  }

  private String turn(int times) throws IOException, FileFailure, SQLException {
    long nanos = 0;
    long used = 0;
    long sum = 0;
    for (int i = 0; i < times; i++) {
      task.prepare();
      long begin = System.nanoTime();
      long cpu = cpuNanos();
      sum += task.walk();
      used += cpuNanos() - cpu;
      nanos += System.nanoTime() - begin;
    }
    return nanos + " " + used + " " + (long) files * times + " " + sum;
  }

  private static long cpuNanos() {
    return SYSTEM.getProcessCpuTime() + (long) (ProcessCpu.micros(POSTGRES) * NANOS_A_MICRO);
  }

  public static void main(String[] args) throws IOException, FileFailure, SQLException {
    var child = new ChildMain(Chore.valueOf(args[0]), Path.of(args[1]));
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    var out = new PrintStream(System.out, true, StandardCharsets.US_ASCII);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      out.println(child.answer(line));
    }
  }
}
