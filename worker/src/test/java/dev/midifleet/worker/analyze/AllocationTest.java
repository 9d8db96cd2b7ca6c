package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.KernelSelector;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A file costs time, not garbage, once the buffers have grown to their size. */
class AllocationTest {
  private static final int WARM_UP = 20_000;
  private static final int FILES = 2_000;

  @Test
  void a_file_takes_less_than_200_bytes_beside_the_texts_of_its_facts() throws FileFailure {
    byte[] file = SmfBuilder.smf().track(t -> {
      for (int i = 0; i < 500; i++) {
        t.note(i % 3, 40 + i % 40, 64, i * 120L, 120);
      }
    }).track(t -> t.tempo(0, 90).timeSignature(0, 3, 4)).bytes();
    MemorySegment bytes = NativeBytes.of(file);
    FileAnalyzer analyzer = new FileAnalyzer(10_000, 64, AnalysisOptions.DEFAULT, KernelSelector.kernels());
    Analysis analysis = new Analysis();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    run(analyzer, bytes, file.length, analysis, WARM_UP);
    long before = threads.getCurrentThreadAllocatedBytes();
    run(analyzer, bytes, file.length, analysis, FILES);
    long perFile = (threads.getCurrentThreadAllocatedBytes() - before) / FILES;
    long texts = FactColumns.all().stream().filter(column -> column.type() == FactType.JSONB)
        .mapToLong(column -> bytesOf(column.boxed(analysis))).sum();
    System.out.println("allocated " + perFile + " bytes a file, " + texts + " of them texts");
    assertThat(perFile - texts).isLessThan(200);
  }

  /** What a new text of one byte a character takes: two objects' heads, the rest rounded up to 8. */
  private static long bytesOf(@Nullable Object value) {
    return value instanceof String text && !text.isEmpty() ? 24 + 16 + Math.ceilDiv(text.length(), 8) * 8L : 0;
  }

  private static void run(FileAnalyzer analyzer, MemorySegment bytes, int length, Analysis analysis, int times)
      throws FileFailure {
    for (int i = 0; i < times; i++) {
      analyzer.analyze(bytes, 0, length, analysis);
    }
  }
}
