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

/** Histograms, grid distances, MinHash and autocorrelation at the size of a file, note by note and by the Vector API. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class VectorVariantBenchmark {
  private static final int NOTES = 2800;
  private static final int ONSETS = 1000;
  private static final int SAMPLES = 18_000;
  private static final int LAGS = 800;
  private static final double PARTS_A_TICK = 10;
  private static final long SEED = 1;

  /** Which of the two. */
  @Param({"scalar", "vector"})
  public String kind = "scalar";

  private final Random random = new Random(SEED);
  private final int[] classes = random.ints(NOTES, 0, VectorVariants.CLASSES).toArray();
  private final int[] ticks = random.ints(NOTES, 1, 2000).toArray();
  private final int[] onsets = random.ints(NOTES, 0, 400_000).sorted().toArray();
  private final long[] grams = random.longs(NOTES).toArray();
  private final int[] places = random.ints(ONSETS, 0, SAMPLES).sorted().toArray();
  private final float[] rows = floats(ONSETS * Kernels.ROW);
  private final float[] samples = floats(SAMPLES);
  private final int[] histogram = new int[VectorVariants.CLASSES];
  private final long[] hashes = new long[NOTES];
  private final long[] bins = new long[VectorVariants.BINS];
  private final int[] scratch = new int[ONSETS];
  private final float[] sums = new float[LAGS * Kernels.ROW];
  private Kernels kernels = new ScalarKernels();
  private boolean isVector;

  private float[] floats(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = random.nextFloat();
    }
    return values;
  }

  @Setup
  public void choose() {
    isVector = kind.equals("vector");
    kernels = isVector ? new VectorKernels() : new ScalarKernels();
  }

  /** Ticks of sound by pitch class. */
  @Benchmark
  public int[] histogram() {
    if (isVector) {
      VectorVariants.histogramByVectors(classes, ticks, NOTES, histogram);
    } else {
      VectorVariants.histogram(classes, ticks, NOTES, histogram);
    }
    return histogram;
  }

  /** Distances from the grid of ticks. */
  @Benchmark
  public int gridDistances() {
    return isVector
        ? VectorVariants.onGridByVectors(onsets, NOTES, PARTS_A_TICK)
        : VectorVariants.onGrid(onsets, NOTES, PARTS_A_TICK);
  }

  /** The sketch of a line of notes. */
  @Benchmark
  public long[] minHash() {
    if (isVector) {
      VectorVariants.minHashByVectors(grams, NOTES, hashes, bins);
    } else {
      VectorVariants.minHash(grams, NOTES, bins);
    }
    return bins;
  }

  /** Eight seconds of lags of three minutes of onset strength, one band. */
  @Benchmark
  public float[] autocorrelationBySamples() {
    VectorVariants.bySamples(kernels, samples, LAGS, sums);
    return sums;
  }

  /** The same of all twelve bands, as the product does it. */
  @Benchmark
  public float[] autocorrelationByPairs() {
    VectorVariants.byPairs(kernels, rows, places, LAGS, scratch, sums);
    return sums;
  }
}
