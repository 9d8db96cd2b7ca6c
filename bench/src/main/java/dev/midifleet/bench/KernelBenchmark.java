package dev.midifleet.bench;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.analyze.kernel.ScalarKernels;
import dev.midifleet.worker.analyze.kernel.VectorKernels;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The kernels at the sizes that they have in the analysis, as plain loops and by the Vector API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class KernelBenchmark {
  /** Sixteenths that the metre looks at. */
  private static final int SLOTS = 1024;
  private static final int NOTES = 2800;
  private static final int CLASSES = 12;
  private static final int KEYS = 24;
  private static final int ROWS = 25;
  /** Onsets within the longest lag, lags of 10 ms, and how far the smoothing reaches. */
  private static final int ONSETS = 50;
  private static final int LAGS = 802;
  private static final int REACH = 32;
  private static final long SEED = 1;

  /** Which of the two. */
  @Param({"scalar", "vector"})
  public String kind = "scalar";

  private final Random random = new Random(SEED);
  private final float[] signal = floats(SLOTS);
  private final float[] row = floats(CLASSES);
  private final float[] profiles = floats(CLASSES * KEYS);
  private final float[] correlations = new float[KEYS];
  private final int[] ends = random.ints(NOTES, 0, 1 << 20).toArray();
  private final short[] matrix = new short[ROWS * Kernels.STATES];
  private final int[] weights = random.ints(CLASSES, 0, 257).toArray();
  private final int[] shares = new int[Kernels.ROW];
  private final float[] squares = {.2f, .1f, 0, .05f, .25f, 0, 0, .3f, 0, .1f, 0, 0, 0, 0, 0, 0};
  private final short[] scores = new short[2 * Kernels.STATES];
  private final float[] onsets = floats(ONSETS * Kernels.ROW);
  private final int[] lags = random.ints(ONSETS, 0, LAGS).sorted().toArray();
  private final float[] products = floats((LAGS + 2 * REACH) * Kernels.ROW);
  private final float[] gaussians = floats(LAGS * (REACH + 1));
  private final float[] smooth = new float[LAGS * Kernels.ROW];
  private Kernels kernels = new ScalarKernels();

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  @Setup
  public void choose() { kernels = kind.equals("vector") ? new VectorKernels() : new ScalarKernels(); }

  /** One lag of the metre's autocorrelation. */
  @Benchmark
  public float dot() { return kernels.dot(signal, 2, signal, 0, SLOTS - 2); }

  /** A histogram of pitch classes with the profiles of all keys. */
  @Benchmark
  public float[] multiply() {
    kernels.multiply(row, CLASSES, profiles, KEYS, correlations);
    return correlations;
  }

  /** The last end of a file's notes. */
  @Benchmark
  public int max() { return kernels.max(ends, NOTES); }

  /** One beat of the chords' Viterbi decoding. */
  @Benchmark
  public int relax() { return kernels.relax(scores, 0, 0, Kernels.WHOLE, matrix, CLASSES, weights); }

  /** The evidence of such a beat. */
  @Benchmark
  public int shares() { return kernels.shares(squares, 0, 1, shares); }

  /** One onset's products with those of the next eight seconds, in all bands. */
  @Benchmark
  public float[] addProducts() {
    kernels.addProducts(onsets, 0, 0, ONSETS, lags, products);
    return products;
  }

  /** The smoothing of the correlations of a file. */
  @Benchmark
  public float[] smooth() {
    kernels.smooth(products, gaussians, REACH, LAGS, smooth);
    return smooth;
  }
}
