package dev.midifleet.worker.analyze.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import jdk.incubator.vector.IntVector;
import org.junit.jupiter.api.Test;

/**
 * The vector kernels against the scalar ones, at sizes around the edges of a vector. The build runs this at three widths
 * and once with the scalar kernels, and says by {@code midifleet.test.*} what must then be live.
 */
class KernelsTest {
  private static final int LANES = IntVector.SPECIES_PREFERRED.length();

  private final Kernels scalar = new ScalarKernels();
  private final Kernels vector = new VectorKernels();
  private final Random random = new Random(25);

  @Test
  void the_kernels_that_this_run_asks_for_are_live() {
    String expected = System.getProperty("midifleet.test.kernels", "vector");
    assertThat(KernelSelector.kernels().name()).startsWith(expected);
    String bits = System.getProperty("midifleet.test.bits", "");
    if (!bits.isEmpty()) {
      // A machine whose vectors are narrower than asked for keeps its own width.
      assertThat(VectorKernels.vectorBits()).isBetween(128, Integer.parseInt(bits));
    }
  }

  @Test
  void dot_products_agree() {
    for (int size : sizes()) {
      float[] a = floats(size + 3);
      float[] b = floats(size + 5);
      double magnitude = 0;
      for (int i = 0; i < size; i++) {
        magnitude += Math.abs(a[i + 3] * b[i + 5]);
      }
      assertThat(vector.dot(a, 3, b, 5, size)).as("size " + size).isCloseTo(scalar.dot(a, 3, b, 5, size),
          within((float) (Kernels.TOLERANCE * magnitude)));
    }
  }

  @Test
  void products_with_a_matrix_agree_to_the_last_bit() {
    for (int columns : sizes()) {
      float[] row = floats(12);
      float[] matrix = floats(12 * columns);
      float[] expected = new float[columns];
      float[] actual = new float[columns + 1];
      actual[columns] = 7;
      scalar.multiply(row, 12, matrix, columns, expected);
      vector.multiply(row, 12, matrix, columns, actual);
      assertThat(Arrays.copyOf(actual, columns)).isEqualTo(expected);
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        double magnitude = 0;
        for (int i = 0; i < 12; i++) {
          sum += (double) row[i] * matrix[i * columns + j];
          magnitude += Math.abs(row[i] * matrix[i * columns + j]);
        }
        assertThat(actual[j]).isCloseTo((float) sum, within((float) (Kernels.TOLERANCE * magnitude)));
      }
      assertThat(actual[columns]).as("beyond the columns").isEqualTo(7);
    }
  }

  @Test
  void largest_values_agree() {
    for (int size : sizes()) {
      int[] values = random.ints(size + 1, 0, Integer.MAX_VALUE).toArray();
      values[size] = Integer.MAX_VALUE;
      assertThat(vector.max(values, size)).as("size " + size).isEqualTo(scalar.max(values, size))
          .isEqualTo(Arrays.stream(values, 0, size).max().orElse(0));
    }
  }

  @Test
  void steps_of_viterbi_agree_to_the_last_bit() {
    for (int round = 0; round < 100; round++) {
      short[] scores = shorts(3 * Kernels.STATES, 8000);
      short[] others = scores.clone();
      short[] matrix = shorts(25 * Kernels.STATES, 7);
      int[] weights = random.ints(Kernels.CLASSES, 0, 257).toArray();
      int base = random.nextInt(25);
      int best = random.nextInt(8000);
      int cost = random.nextInt(3000);
      int greatest = scalar.relax(scores, Kernels.STATES, best, cost, matrix, base, weights);
      assertThat(vector.relax(others, Kernels.STATES, best, cost, matrix, base, weights)).isEqualTo(greatest);
      assertThat(others).isEqualTo(scores);
      int max = Short.MIN_VALUE;
      for (int state = 0; state < Kernels.STATES; state++) {
        max = Math.max(max, scores[2 * Kernels.STATES + state]);
      }
      assertThat(greatest).isEqualTo(max);
    }
  }

  @Test
  void parts_of_beats_agree_to_the_last_bit() {
    for (int count : sizes()) {
      if (count > BeatParts.ROOM) continue;
      int latest = random.nextBoolean() ? Integer.MAX_VALUE : 5000;
      int[] onsets = random.ints(count + 3, 0, latest).toArray();
      int[] ends = Arrays.stream(onsets).map(onset -> onset + random.nextInt(Math.min(latest - onset, 9000))).toArray();
      int[] voices = random.ints(count + 3).toArray();
      BeatParts expected = new BeatParts();
      BeatParts actual = new BeatParts();
      for (int beats : List.of(1, 20, 4096)) {
        double ticks = 1 + random.nextInt(960) / 7.0;
        expected.setBeats(-3.5, ticks, beats);
        actual.setBeats(-3.5, ticks, beats);
        scalar.parts(onsets, ends, voices, 3, count, expected);
        vector.parts(onsets, ends, voices, 3, count, actual);
        assertThat(actual).as("count " + count).usingRecursiveComparison().isEqualTo(expected);
      }
    }
  }

  @Test
  void roots_of_shares_agree_to_the_last_bit() {
    for (int round = 0; round < 2000; round++) {
      float[] rows = new float[3 * Kernels.ROW];
      float sum = 0;
      int sounding = 0;
      int bits = 1 + random.nextInt(31);
      for (int i = 0; i < Kernels.CLASSES; i++) {
        // Small whole numbers too, whose roots are often whole or halves.
        float weight = random.nextBoolean() ? 0 : random.nextInt() >>> bits;
        rows[Kernels.ROW + i] = weight;
        sum += weight;
        sounding += weight > 0 ? 1 : 0;
      }
      if (sum <= 0) continue;
      int[] expected = new int[Kernels.ROW + 1];
      int[] actual = expected.clone();
      assertThat(scalar.shares(rows, Kernels.ROW, sum, expected)).isEqualTo(sounding);
      assertThat(vector.shares(rows, Kernels.ROW, sum, actual)).isEqualTo(sounding);
      assertThat(actual).isEqualTo(expected);
      for (int i = 0; i < Kernels.CLASSES; i++) {
        double share = rows[Kernels.ROW + i] * (65_536.0 / sum);
        assertThat(expected[i]).isEqualTo((int) Math.floor(Math.sqrt(share) + 0.5));
      }
    }
  }

  @Test
  void products_of_rows_agree_to_the_last_bit() {
    float[] rows = floats(40 * Kernels.ROW);
    for (int count = 0; count < 30; count++) {
      float[] expected = floats(100 * Kernels.ROW);
      float[] actual = expected.clone();
      int[] lags = random.ints(count, 0, 100).toArray();
      scalar.addProducts(rows, 3, 9, count, lags, expected);
      vector.addProducts(rows, 3, 9, count, lags, actual);
      assertThat(actual).as("count " + count).isEqualTo(expected);
    }
  }

  @Test
  void sums_of_rows_agree_to_the_last_bit() {
    double[] rows = random.doubles(20 * Kernels.TALLY).toArray();
    for (int count = 0; count < 30; count++) {
      double[] expected = random.doubles(5 * Kernels.TALLY).toArray();
      double[] actual = expected.clone();
      int[] from = random.ints(count, 0, 20).toArray();
      int[] to = random.ints(count, 0, 5).toArray();
      scalar.addRows(rows, from, to, count, expected);
      vector.addRows(rows, from, to, count, actual);
      assertThat(actual).as("count " + count).isEqualTo(expected);
    }
  }

  @Test
  void moving_sums_of_rows_agree_to_the_last_bit() {
    for (int count = 0; count < 20; count++) {
      int reach = count % 7;
      float[] rows = floats((count + 2 * reach) * Kernels.ROW);
      float[] weights = floats(count * (reach + 1));
      float[] expected = floats((count + 1) * Kernels.ROW);
      float[] actual = expected.clone();
      scalar.smooth(rows, weights, reach, count, expected);
      vector.smooth(rows, weights, reach, count, actual);
      assertThat(actual).as("count " + count).isEqualTo(expected);
    }
  }

  @Test
  void a_choice_that_cannot_be_is_refused() {
    assertThatThrownBy(() -> KernelSelector.select("gpu", true)).isInstanceOf(IllegalArgumentException.class)
        .hasMessage("midifleet.kernels is gpu; it must be auto, scalar or vector");
    assertThatThrownBy(() -> KernelSelector.select("vector", false)).isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("--add-modules=jdk.incubator.vector");
  }

  @Test
  void without_the_module_the_scalar_kernels_serve() {
    KernelSelector.Choice choice = KernelSelector.select("auto", false);
    assertThat(choice.kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(choice.reason()).isEqualTo("no module jdk.incubator.vector");
    assertThat(KernelSelector.select("auto", true).kernels()).isInstanceOf(VectorKernels.class);
  }

  @Test
  void without_avx_the_scalar_kernels_serve() throws IOException, InterruptedException {
    KernelSelector.Choice choice = KernelSelector.forMachine(true, 128);
    assertThat(choice.kernels()).isInstanceOf(ScalarKernels.class);
    assertThat(choice.reason()).isEqualTo("this machine has no AVX");
    assertThat(KernelSelector.forMachine(false, 128).kernels()).isInstanceOf(VectorKernels.class);
    assertThat(KernelSelector.forMachine(false, 64).kernels()).isInstanceOf(ScalarKernels.class);

    var child = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:+IgnoreUnrecognizedVMOptions", "-XX:UseAVX=0", "-XX:TieredStopAtLevel=1",
        "--add-modules=jdk.incubator.vector", "-cp", System.getProperty("java.class.path"), Shown.class.getName())
        .redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String shown = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(child.waitFor()).isZero();
    assertThat(shown).contains("amd64".equals(System.getProperty("os.arch")) ? "chosen: scalar" : "chosen: vector");
  }

  /** A JVM that says which kernels it chose. */
  static final class Shown {
    private Shown() {}

    public static void main(String[] args) { System.out.println("chosen: " + KernelSelector.kernels().name()); }
  }

  private static Set<Integer> sizes() {
    return new TreeSet<>(List.of(0, 1, 2, LANES - 1, LANES, LANES + 1, 2 * LANES, 2 * LANES + 1, 24, 1000, 18_000));
  }

  private short[] shorts(int size, int bound) {
    short[] values = new short[size];
    for (int i = 0; i < size; i++) {
      values[i] = (short) random.nextInt(-bound, bound);
    }
    return values;
  }

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }
}
