package dev.midifleet.bench;

import dev.midifleet.worker.analyze.kernel.Kernels;
import java.util.Arrays;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * What the product does note by note, once as it does it and once by vectors: the ways that {@link VectorVariantBenchmark}
 * compares, and that did not win enough to be in the product. Each pair gives the same numbers.
 */
final class VectorVariants {
  static final int CLASSES = 12;
  static final int BINS = 64;
  private static final int BIN_BITS = 6;
  private static final int PARTS = 4800;
  private static final int TOLERANCE = 48;
  private static final long FIRST = 0xbf58476d1ce4e5b9L;
  private static final long SECOND = 0x94d049bb133111ebL;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;
  private static final byte[] IS_ON_GRID = onGrid();

  private VectorVariants() {}

  /** Ticks of sound by pitch class, one addition a note. */
  static void histogram(int[] classes, int[] ticks, int count, int[] sums) {
    Arrays.fill(sums, 0);
    for (int i = 0; i < count; i++) {
      sums[classes[i]] += ticks[i];
    }
  }

  /** The same, one masked sum a class. */
  static void histogramByVectors(int[] classes, int[] ticks, int count, int[] sums) {
    for (int pitchClass = 0; pitchClass < CLASSES; pitchClass++) {
      sums[pitchClass] = sumOf(pitchClass, classes, ticks, count);
    }
  }

  private static int sumOf(int pitchClass, int[] classes, int[] ticks, int count) {
    IntVector sum = IntVector.zero(INTS);
    int bound = INTS.loopBound(count);
    for (int i = 0; i < bound; i += INTS.length()) {
      var mask = IntVector.fromArray(INTS, classes, i).compare(VectorOperators.EQ, pitchClass);
      sum = sum.add(IntVector.fromArray(INTS, ticks, i), mask);
    }
    int total = sum.reduceLanes(VectorOperators.ADD);
    for (int i = bound; i < count; i++) {
      total += classes[i] == pitchClass ? ticks[i] : 0;
    }
    return total;
  }

  /** How many onsets are within a hundredth of a quarter of a sixteenth or a triplet, by a table. */
  static int onGrid(int[] onsets, int count, double partsPerTick) {
    int found = 0;
    for (int i = 0; i < count; i++) {
      int place = (int) (onsets[i] * partsPerTick + 0.5);
      found += IS_ON_GRID[place % PARTS];
    }
    return found;
  }

  /** The same by arithmetic on vectors of doubles. */
  static int onGridByVectors(int[] onsets, int count, double partsPerTick) {
    LongVector found = LongVector.zero(LONGS);
    int bound = DOUBLES.loopBound(count);
    for (int i = 0; i < bound; i += DOUBLES.length()) {
      var ticks = (DoubleVector) IntVector.fromArray(half(), onsets, i).castShape(DOUBLES, 0);
      // Twice to a whole number and back is the floor, which vectors do not have.
      var places = (DoubleVector) ticks.mul(partsPerTick).add(0.5).convert(VectorOperators.D2L, 0)
          .convert(VectorOperators.L2D, 0);
      var near = distance(places, PARTS / 4).min(distance(places, PARTS / 3)).compare(VectorOperators.LE, TOLERANCE);
      found = found.add(LongVector.broadcast(LONGS, 1), near.cast(LONGS));
    }
    int total = (int) found.reduceLanes(VectorOperators.ADD);
    for (int i = bound; i < count; i++) {
      total += IS_ON_GRID[(int) (onsets[i] * partsPerTick + 0.5) % PARTS];
    }
    return total;
  }

  private static VectorSpecies<Integer> half() {
    return VectorSpecies.of(int.class, jdk.incubator.vector.VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  }

  private static DoubleVector distance(DoubleVector places, int step) {
    var nearest = (DoubleVector) places.mul(1.0 / step).add(0.5).convert(VectorOperators.D2L, 0)
        .convert(VectorOperators.L2D, 0);
    return places.sub(nearest.mul(step)).abs();
  }

  /** The least hash of each bin, gram by gram. */
  static void minHash(long[] grams, int count, long[] bins) {
    Arrays.fill(bins, -1);
    for (int i = 0; i < count; i++) {
      keep(mix(grams[i]), bins);
    }
  }

  /** The same, the hashes by vectors first. */
  static void minHashByVectors(long[] grams, int count, long[] hashes, long[] bins) {
    Arrays.fill(bins, -1);
    int bound = LONGS.loopBound(count);
    for (int i = 0; i < bound; i += LONGS.length()) {
      LongVector bits = LongVector.fromArray(LONGS, grams, i);
      bits = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 30)).mul(FIRST);
      bits = bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 27)).mul(SECOND);
      bits.lanewise(VectorOperators.XOR, bits.lanewise(VectorOperators.LSHR, 31)).intoArray(hashes, i);
    }
    for (int i = bound; i < count; i++) {
      hashes[i] = mix(grams[i]);
    }
    for (int i = 0; i < count; i++) {
      keep(hashes[i], bins);
    }
  }

  private static long mix(long bits) {
    long mixed = (bits ^ (bits >>> 30)) * FIRST;
    mixed = (mixed ^ (mixed >>> 27)) * SECOND;
    return mixed ^ (mixed >>> 31);
  }

  private static void keep(long hash, long[] bins) {
    int bin = (int) (hash >>> (Long.SIZE - BIN_BITS));
    bins[bin] = Math.min(bins[bin] & Long.MAX_VALUE, hash << BIN_BITS >>> 1);
  }

  /** Autocorrelation of a sampled onset strength at all lags: one product a sample and lag. */
  static void bySamples(Kernels kernels, float[] samples, int lags, float[] sums) {
    for (int lag = 0; lag < lags; lag++) {
      sums[lag] = kernels.dot(samples, lag, samples, 0, samples.length - lag);
    }
  }

  /**
   * The same of twelve bands at once: one product a pair of onsets.
   *
   * @param places
   *          of the onsets, in samples
   */
  static void byPairs(Kernels kernels, float[] rows, int[] places, int lags, int[] scratch, float[] sums) {
    Arrays.fill(sums, 0);
    for (int i = 0, end = 0; i < places.length; i++) {
      while (end < places.length && places[end] - places[i] < lags) {
        end++;
      }
      for (int j = i; j < end; j++) {
        scratch[j - i] = places[j] - places[i];
      }
      kernels.addProducts(rows, i, i, end - i, scratch, sums);
    }
  }

  private static byte[] onGrid() {
    byte[] table = new byte[PARTS];
    for (int part = 0; part < PARTS; part++) {
      int sixteenth = part % (PARTS / 4);
      int triplet = part % (PARTS / 3);
      int distance = Math.min(Math.min(sixteenth, PARTS / 4 - sixteenth), Math.min(triplet, PARTS / 3 - triplet));
      table[part] = (byte) (distance <= TOLERANCE ? 1 : 0);
    }
    return table;
  }
}
