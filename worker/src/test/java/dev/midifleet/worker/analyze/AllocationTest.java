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
import java.util.Arrays;
import java.util.List;
import java.util.Set;
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
  /**
   * Where lengths differ so much the vectors of the key can stay objects, 2.3 KB a file (seen with vectors of 256 bits); what
   * is thrown away with a buffer is 100 KB.
   */
  private static final int LONG_BYTES_MAX = 5_000;

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
    /** What a row of facts keeps and each analysis makes. */
    private static final Set<FactType> MADE = Set.of(FactType.JSON, FactType.CHORDS, FactType.TEMPI,
        FactType.CONTROLLERS);
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    public static void main(String[] none) throws FileFailure {
      boolean isFrugal = isFrugal("written", BYTES_MAX, SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 500; i++) {
          t.note(i % 3, 40 + i % 40, 64, i * 120L, 120);
        }
      }).track(t -> t.tempo(0, 90).timeSignature(0, 3, 4)).bytes());
      // No tempo, and off the grid of ticks: it is estimated.
      isFrugal &= isFrugal("played", BYTES_MAX, SmfBuilder.smf().track(t -> {
        for (int i = 0; i < 60; i++) {
          t.note(0, 40 + i % 40, 64, i * 217L + i * 53 % 37, 120);
        }
      }).bytes());
      // What a long one needs is not thrown away for the sake of a short one, as long as neither is a giant.
      isFrugal &= isFrugal("long and short", LONG_BYTES_MAX, beats(2_500), beats(10));
      System.exit(isFrugal ? 0 : 1);
    }

    private record Input(MemorySegment bytes, long length) {}

    private static byte[] beats(int count) {
      return SmfBuilder.smf().track(t -> {
        for (int i = 0; i < count; i++) {
          t.note(i % 3, 40 + i % 40, 64, i * 480L, 120);
        }
      }).bytes();
    }

    private static boolean isFrugal(String name, int bytesMax, byte[]... files) throws FileFailure {
      List<Input> inputs = Arrays.stream(files).map(file -> new Input(NativeBytes.of(file), file.length)).toList();
      FileAnalyzer analyzer = new FileAnalyzer(10_000, 64, AnalysisOptions.DEFAULT, KernelSelector.kernels());
      Analysis analysis = new Analysis();
      run(analyzer, inputs, analysis, WARM_UP);
      long texts = 0;
      for (Input input : inputs) {
        analyzer.analyze(input.bytes(), 0, input.length(), analysis);
        texts += FactColumns.all().stream().filter(column -> MADE.contains(column.type()))
            .mapToLong(column -> bytesOf(column.boxed(analysis))).sum();
      }
      texts /= files.length;
      long perFile = Long.MAX_VALUE;
      // Vectors are objects until the last compiler has done its work, and on a busy machine that takes long.
      for (int round = 0; round < ROUNDS_MAX && perFile - texts >= bytesMax; round++) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        run(analyzer, inputs, analysis, FILES);
        perFile = (THREADS.getCurrentThreadAllocatedBytes() - before) / FILES;
      }
      System.out.println(name + ": allocated " + perFile + " bytes a file, " + texts + " of them texts; tempo "
          + analysis.tempoSource);
      if (perFile - texts < bytesMax) return true;
      analyzer.steps().forEach(step -> report(step, analysis));
      return false;
    }

    private static void run(FileAnalyzer analyzer, List<Input> inputs, Analysis analysis, int times)
        throws FileFailure {
      for (int i = 0; i < times; i++) {
        Input input = inputs.get(i % inputs.size());
        analyzer.analyze(input.bytes(), 0, input.length(), analysis);
      }
    }

    /** What a new text of one byte a character takes, or new bytes: objects' heads, the rest rounded up to 8. */
    private static long bytesOf(@Nullable Object value) {
      return switch (value) {
        case String text when !text.isEmpty() -> 24 + 16 + Math.ceilDiv(text.length(), 8) * 8L;
        case byte[] bytes -> 16 + Math.ceilDiv(bytes.length, 8) * 8L;
        case null, default -> 0;
      };
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
