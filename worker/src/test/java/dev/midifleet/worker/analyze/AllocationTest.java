package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A file costs time, not garbage, once the buffers have grown to their size. In a JVM of its own: in one where other tests
 * ran the scalar kernels first, vectors may stay objects for good.
 */
class AllocationTest {
  private static final int WARM_UP = 3_000;
  private static final int FILES = 500;
  private static final int ROUNDS_MAX = 80;
  private static final int BYTES_MAX = 200;

  @Test
  void a_file_takes_less_than_200_bytes_beside_the_texts_of_its_facts() throws IOException, InterruptedException {
    List<String> words = new ArrayList<>();
    words.add(ProcessHandle.current().info().command().orElseThrow());
    words.addAll(List.of("--add-modules=jdk.incubator.vector", "--enable-native-access=ALL-UNNAMED", "-cp",
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        Measurement.class.getName()));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    System.out.print(output);
    assertThat(process.waitFor()).as(output).isZero();
  }

  /** Ends with 0 if no more is allocated than is allowed, else says which part takes how much. */
  static final class Measurement {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public static void main(String[] none) throws FileFailure {
      boolean isFrugal = isFrugal("written", SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 500; i++) {
          t.note(i % 3, 40 + i % 40, 64, i * 120L, 120);
        }
      }).track(t -> t.tempo(0, 90).timeSignature(0, 3, 4)).bytes());
      // No tempo, and off the grid of ticks: it is estimated.
      isFrugal &= isFrugal("played", SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 60; i++) {
          t.note(0, 40 + i % 40, 64, i * 217L + i * 53 % 37, 120);
        }
      }).bytes());
      System.exit(isFrugal ? 0 : 1);
    }

    private static boolean isFrugal(String name, byte[] file) throws FileFailure {
      MemorySegment bytes = NativeBytes.of(file);
      FileAnalyzer analyzer = new FileAnalyzer(10_000, 64, AnalysisOptions.DEFAULT, KernelSelector.kernels());
      Analysis analysis = new Analysis();
      run(analyzer, bytes, file.length, analysis, WARM_UP);
      long texts = FactColumns.all().stream().filter(column -> column.type() == FactType.JSON)
          .mapToLong(column -> bytesOf(column.boxed(analysis))).sum();
      long perFile = Long.MAX_VALUE;
      // Vectors are objects until the last compiler has done its work, and on a busy machine that takes long.
      for (int round = 0; round < ROUNDS_MAX && perFile - texts >= BYTES_MAX; round++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(analyzer, bytes, file.length, analysis, FILES);
        perFile = (THREADS.getCurrentThreadAllocatedBytes() - before) / FILES;
      }
      System.out.println(name + ": allocated " + perFile + " bytes a file, " + texts + " of them texts; tempo "
          + analysis.tempoSource);
      if (perFile - texts < BYTES_MAX) return true;
      analyzer.steps().forEach(step -> report(step, analysis));
      return false;
    }

    private static void run(FileAnalyzer analyzer, MemorySegment bytes, int length, Analysis analysis, int times)
        throws FileFailure {
      for (int i = 0; i < times; i++) {
        analyzer.analyze(bytes, 0, length, analysis);
      }
    }

    /** What a new text of one byte a character takes: two objects' heads, the rest rounded up to 8. */
    private static long bytesOf(@Nullable Object value) {
      return value instanceof String text && !text.isEmpty() ? 24 + 16 + Math.ceilDiv(text.length(), 8) * 8L : 0;
    }

    private static void report(FileAnalyzer.Step step, Analysis analysis) {
      long before = THREADS.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < FILES; i++) {
        step.work().accept(analysis);
      }
      System.out.println(step.name() + ": " + (THREADS.getCurrentThreadAllocatedBytes() - before) / FILES + " bytes");
    }
  }
}
