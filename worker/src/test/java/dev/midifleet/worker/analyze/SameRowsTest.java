package dev.midifleet.worker.analyze;

import static org.assertj.core.api.Assertions.assertThat;

import dev.midifleet.common.failure.FileFailure;
import dev.midifleet.testkit.Corpus;
import dev.midifleet.testkit.NativeBytes;
import dev.midifleet.testkit.SmfBuilder;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.analyze.kernel.VectorKernels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * All columns of all files, by one thread and by four, by scalar and by vector kernels: the same rows, to the last bit, so
 * that it does not matter which host a file came to.
 */
class SameRowsTest {
  private static final int THREADS = 4;
  private static final int MADE_FILES = 200;

  @Test
  void one_thread_and_four_scalar_and_vector_kernels_give_the_same_rows() throws Exception {
    List<byte[]> files = files();
    List<List<@Nullable Object>> expected = rows(files, 1, new ScalarKernels());
    assertThat(expected).hasSameSizeAs(files);
    assertThat(differences(expected, rows(files, THREADS, new VectorKernels()))).isEmpty();
  }

  @Test
  void what_differs_in_one_bit_is_noticed() throws Exception {
    byte[] file = SmfBuilder.scale();
    List<@Nullable Object> row = rows(List.of(file), 1, new ScalarKernels()).getFirst();
    List<FactColumn> columns = FactColumns.all();
    for (int i = 0; i < columns.size(); i++) {
      List<@Nullable Object> other = new ArrayList<>(row);
      other.set(i, changed(row.get(i)));
      assertThat(differences(List.of(row), List.of(other))).as(columns.get(i).name()).hasSize(1);
    }
  }

  private static Object changed(@Nullable Object value) {
    return switch (value) {
      case Float number -> Math.nextUp(number);
      case Double number -> Math.nextUp(number);
      case byte[] bytes -> Arrays.copyOf(bytes, bytes.length + 1);
      case null, default -> value + "?";
    };
  }

  private static List<byte[]> files() throws Exception {
    List<byte[]> files = new ArrayList<>();
    var scores = new RandomScores(1);
    for (int i = 0; i < MADE_FILES; i++) {
      files.add(scores.next());
    }
    for (Path file : Corpus.files()) {
      files.add(Files.readAllBytes(file));
    }
    return files;
  }

  /** Of each file its columns in order, or why it was refused. */
  private static List<List<@Nullable Object>> rows(List<byte[]> files, int threads, Kernels kernels)
      throws Exception {
    List<List<@Nullable Object>> rows = new ArrayList<>(files.stream().map(_ -> List.<@Nullable Object>of()).toList());
    var next = new AtomicInteger();
    Callable<Void> work = () -> {
      var analyzer = new FileAnalyzer(10_000_000, 65_536, AnalysisOptions.DEFAULT, kernels);
      for (int i = next.getAndIncrement(); i < files.size(); i = next.getAndIncrement()) {
        rows.set(i, row(files.get(i), analyzer));
      }
      return null;
    };
    try (ExecutorService pool = Executors.newFixedThreadPool(threads)) {
      for (Future<Void> each : pool.invokeAll(Collections.nCopies(threads, work))) {
        each.get();
      }
    }
    return rows;
  }

  private static List<@Nullable Object> row(byte[] file, FileAnalyzer analyzer) {
    var analysis = new Analysis();
    List<@Nullable Object> row = new ArrayList<>();
    try {
      analyzer.analyze(NativeBytes.of(file), 0, file.length, analysis);
    } catch (FileFailure failure) {
      row.add(failure.kind() + " " + failure.byteOffset() + " " + failure.reason());
      return row;
    }
    FactColumns.all().forEach(column -> row.add(column.boxed(analysis)));
    return row;
  }

  private static List<String> differences(List<List<@Nullable Object>> rows, List<List<@Nullable Object>> others) {
    List<FactColumn> columns = FactColumns.all();
    List<String> differences = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      List<@Nullable Object> row = rows.get(i);
      List<@Nullable Object> other = others.get(i);
      for (int j = 0; j < Math.max(row.size(), other.size()); j++) {
        String name = row.size() == columns.size() ? columns.get(j).name() : "failure";
        if (row.size() != other.size() || !isSame(row.get(j), other.get(j))) {
          differences.add("file " + i + ", " + name + ": " + row + " and " + other);
          break;
        }
      }
    }
    return differences;
  }

  private static boolean isSame(@Nullable Object one, @Nullable Object other) {
    if (one instanceof byte[] a && other instanceof byte[] b) return Arrays.equals(a, b);
    return one == null ? other == null : one.equals(other);
  }
}
