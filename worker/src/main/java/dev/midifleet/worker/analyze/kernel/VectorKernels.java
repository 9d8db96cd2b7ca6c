package dev.midifleet.worker.analyze.kernel;

import dev.midifleet.worker.score.Score;
import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShape;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels by the Vector API, at the widest vectors that the machine prefers: a body of whole vectors, then one masked
 * tail.
 */
public final class VectorKernels implements Kernels {
  private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Float> ROWS = FLOATS.length() > ROW ? FloatVector.SPECIES_512 : FLOATS;
  private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED.length() > TALLY
      ? DoubleVector.SPECIES_512
      : DoubleVector.SPECIES_PREFERRED;
  /** As many lanes as {@link #DOUBLES}. */
  private static final VectorSpecies<Float> HALF_FLOATS = halved(float.class);
  private static final VectorSpecies<Integer> HALF_INTS = halved(int.class);
  private static final VectorSpecies<Short> SHORTS = FLOATS.vectorBitSize() > ShortVector.SPECIES_256.vectorBitSize()
      ? ShortVector.SPECIES_256
      : ShortVector.SPECIES_PREFERRED;

  private static <T> VectorSpecies<T> halved(Class<T> type) {
    return VectorSpecies.of(type, VectorShape.forBitSize(DOUBLES.vectorBitSize() / 2));
  }

  /** Bits of the vectors in use. */
  public static int vectorBits() { return FLOATS.vectorBitSize(); }

  @Override
  public String name() { return "vector of " + vectorBits() + " bits"; }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom, int length) {
    FloatVector sum = FloatVector.zero(FLOATS);
    FloatVector other = FloatVector.zero(FLOATS);
    int step = FLOATS.length();
    int i = 0;
    // Two sums, so that one multiplication need not wait for the other.
    for (; i + 2 * step <= length; i += 2 * step) {
      sum = load(a, aFrom + i).fma(load(b, bFrom + i), sum);
      other = load(a, aFrom + i + step).fma(load(b, bFrom + i + step), other);
    }
    for (; i < length; i += step) {
      VectorMask<Float> tail = FLOATS.indexInRange(i, length);
      FloatVector left = FloatVector.fromArray(FLOATS, a, aFrom + i, tail);
      sum = left.fma(FloatVector.fromArray(FLOATS, b, bFrom + i, tail), sum);
    }
    return sum.add(other).reduceLanes(VectorOperators.ADD);
  }

  private static FloatVector load(float[] values, int from) { return FloatVector.fromArray(FLOATS, values, from); }

  @Override
  public void multiply(float[] row, int rows, float[] matrix, int columns, float[] results) {
    int lanes = FLOATS.length();
    if (columns < lanes) {
      multiplyNarrow(row, rows, matrix, columns, results);
      return;
    }
    for (int j = 0; j < columns; j += lanes) {
      // The last vector ends with the last column, and may do some columns again: cheaper than a mask.
      int column = Math.min(j, columns - lanes);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < rows; i++) {
        // No fused multiplication: its rounding is not that of the plain loop.
        sum = load(matrix, i * columns + column).mul(row[i]).add(sum);
      }
      sum.intoArray(results, column);
    }
  }

  private static void multiplyNarrow(float[] row, int rows, float[] matrix, int columns, float[] results) {
    for (int j = 0; j < columns; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += row[i] * matrix[i * columns + j];
      }
      results[j] = sum;
    }
  }

  @Override
  public int max(int[] values, int count) {
    IntVector max = IntVector.zero(INTS);
    int bound = INTS.loopBound(count);
    for (int i = 0; i < bound; i += INTS.length()) {
      max = max.max(IntVector.fromArray(INTS, values, i));
    }
    if (bound < count) {
      max = max.max(IntVector.fromArray(INTS, values, bound, INTS.indexInRange(bound, count)));
    }
    return max.reduceLanes(VectorOperators.MAX);
  }

  @Override
  public void parts(int[] onsets, int[] ends, int[] voices, int from, int count, BeatParts into) {
    int bound = INTS.loopBound(count);
    units(onsets, from, bound, into, into.rows);
    units(ends, from, bound, into, into.ends);
    columns(voices, from, bound, into);
    ScalarKernels.parts(onsets, ends, voices, from, bound, count, into);
  }

  private static void columns(int[] voices, int from, int count, BeatParts into) {
    for (int i = 0; i < count; i += INTS.length()) {
      IntVector voice = ints(voices, from + i);
      IntVector first = ints(into.rows, i);
      IntVector last = first.add(BeatParts.NOTE_UNITS_MAX).min(ints(into.ends, i)).min(into.all);
      IntVector beat = first.lanewise(VectorOperators.ASHR, BeatParts.UNIT_BITS);
      IntVector next = beat.add(1).lanewise(VectorOperators.LSHL, BeatParts.UNIT_BITS);
      IntVector units = last.min(next).sub(first);
      IntVector unitsNext = last.sub(next).min(BeatParts.UNITS).max(0);
      IntVector velocity = voice.lanewise(VectorOperators.LSHR, 8).and(0x7F);
      IntVector pitch = voice.and(0x7F);
      IntVector note = pitch.lanewise(VectorOperators.LSHL, 4).or(voice.lanewise(VectorOperators.LSHR, 16).and(0xF));
      // A twelfth of up to 127 by one multiplication.
      IntVector pitchClass = pitch.sub(pitch.mul(43).lanewise(VectorOperators.LSHR, 9).mul(CLASSES));
      // Below 0 for drums, and for what begins after the last beat.
      IntVector out = voice.lanewise(VectorOperators.LSHL, Integer.numberOfLeadingZeros(Score.DRUM))
          .or(first.sub(into.all).not()).lanewise(VectorOperators.ASHR, Integer.SIZE - 1);
      beat.mul(BeatParts.STRIDE).add(pitchClass).or(out).intoArray(into.rows, i);
      last.intoArray(into.ends, i);
      ((FloatVector) units.mul(velocity).convert(VectorOperators.I2F, 0)).intoArray(into.weights, i);
      ((FloatVector) unitsNext.mul(velocity).convert(VectorOperators.I2F, 0)).intoArray(into.weightsNext, i);
      // In place: what a method of its own returns here would be an object.
      note.or(units.sub(BeatParts.PART_MIN).lanewise(VectorOperators.ASHR, Integer.SIZE - 1).and(BeatParts.MUTE))
          .intoArray(into.heard, i);
      note.or(unitsNext.sub(BeatParts.PART_MIN).lanewise(VectorOperators.ASHR, Integer.SIZE - 1).and(BeatParts.MUTE))
          .intoArray(into.heardNext, i);
    }
  }

  private static void units(int[] ticks, int from, int count, BeatParts beats, int[] into) {
    for (int i = 0; i < count; i += DOUBLES.length()) {
      DoubleVector tick = (DoubleVector) IntVector.fromArray(HALF_INTS, ticks, from + i)
          .convertShape(VectorOperators.I2D, DOUBLES, 0);
      DoubleVector units = tick.sub(beats.start).mul(beats.unitsPerTick).add(0.5);
      ((IntVector) units.convertShape(VectorOperators.D2I, HALF_INTS, 0)).intoArray(into, i);
    }
  }

  private static IntVector ints(int[] values, int from) { return IntVector.fromArray(INTS, values, from); }

  @Override
  public int shares(float[] rows, int from, float sum, int[] into) {
    double scale = (double) WHOLE * WHOLE / sum;
    int positive = 0;
    for (int i = 0; i < ROW; i += DOUBLES.length()) {
      FloatVector weights = FloatVector.fromArray(HALF_FLOATS, rows, from + i);
      positive += weights.compare(VectorOperators.GT, 0).trueCount();
      DoubleVector roots = ((DoubleVector) weights.convertShape(VectorOperators.F2D, DOUBLES, 0)).mul(scale).sqrt();
      ((IntVector) roots.add(0.5).convertShape(VectorOperators.D2I, HALF_INTS, 0)).intoArray(into, i);
    }
    return positive;
  }

  @Override
  public int relax(short[] scores, int from, int best, int cost, short[] matrix, int base, int[] weights) {
    int greatest = Short.MIN_VALUE;
    for (int j = 0; j < STATES; j += 4 * SHORTS.length()) {
      greatest = Math.max(greatest, relaxFour(scores, from + j, best, cost, matrix, base * STATES + j, j, weights));
    }
    return greatest;
  }

  // What the evidence adds does not wait for the scores, which wait for the greatest one of the step before.
  private static int relaxFour(short[] scores, int from, int best, int cost, short[] matrix, int base, int column,
      int[] weights) {
    int lanes = SHORTS.length();
    ShortVector a = shorts(matrix, base);
    ShortVector b = shorts(matrix, base + lanes);
    ShortVector c = shorts(matrix, base + 2 * lanes);
    ShortVector d = shorts(matrix, base + 3 * lanes);
    for (int i = 0; i < CLASSES; i++) {
      short weight = (short) weights[i];
      int row = i * STATES + column;
      a = shorts(matrix, row).mul(weight).add(a);
      b = shorts(matrix, row + lanes).mul(weight).add(b);
      c = shorts(matrix, row + 2 * lanes).mul(weight).add(c);
      d = shorts(matrix, row + 3 * lanes).mul(weight).add(d);
    }
    short level = (short) best;
    short floor = (short) (best - cost);
    a = shorts(scores, from).max(floor).sub(level).add(a);
    b = shorts(scores, from + lanes).max(floor).sub(level).add(b);
    c = shorts(scores, from + 2 * lanes).max(floor).sub(level).add(c);
    d = shorts(scores, from + 3 * lanes).max(floor).sub(level).add(d);
    a.intoArray(scores, from + STATES);
    b.intoArray(scores, from + STATES + lanes);
    c.intoArray(scores, from + STATES + 2 * lanes);
    d.intoArray(scores, from + STATES + 3 * lanes);
    return a.max(b).max(c.max(d)).reduceLanes(VectorOperators.MAX);
  }

  private static ShortVector shorts(short[] values, int from) { return ShortVector.fromArray(SHORTS, values, from); }

  @Override
  public void addProducts(float[] rows, int row, int from, int count, int[] lags, float[] sums) {
    for (int k = 0; k < ROW; k += ROWS.length()) {
      for (int j = 0; j < count; j++) {
        int to = lags[j] * ROW + k;
        // Loaded each time: a vector that is kept through the loop would be an object.
        FloatVector factor = row(rows, row * ROW + k);
        row(rows, (from + j) * ROW + k).mul(factor).add(row(sums, to)).intoArray(sums, to);
      }
    }
  }

  @Override
  public void addRows(double[] rows, int[] from, int[] to, int count, double[] sums) {
    for (int i = 0; i < count; i++) {
      int source = from[i] * TALLY;
      int sum = to[i] * TALLY;
      for (int k = 0; k < TALLY; k += DOUBLES.length()) {
        DoubleVector.fromArray(DOUBLES, sums, sum + k).add(DoubleVector.fromArray(DOUBLES, rows, source + k))
            .intoArray(sums, sum + k);
      }
    }
  }

  @Override
  public void smooth(float[] rows, float[] weights, int reach, int count, float[] results) {
    for (int k = 0; k < ROW; k += ROWS.length()) {
      int i = 0;
      for (; i + 4 <= count; i += 4) {
        smoothFour(rows, weights, reach, i, k, results);
      }
      for (; i < count; i++) {
        smoothOne(rows, weights, reach, i, k, results);
      }
    }
  }

  // Four sums that need not wait for each other.
  private static void smoothFour(float[] rows, float[] weights, int reach, int i, int k, float[] results) {
    int middle = (i + reach) * ROW + k;
    int weight = i * (reach + 1);
    int next = reach + 1;
    FloatVector a = row(rows, middle).mul(weights[weight]);
    FloatVector b = row(rows, middle + ROW).mul(weights[weight + next]);
    FloatVector c = row(rows, middle + 2 * ROW).mul(weights[weight + 2 * next]);
    FloatVector d = row(rows, middle + 3 * ROW).mul(weights[weight + 3 * next]);
    for (int s = 1; s <= reach; s++) {
      int low = middle - s * ROW;
      int high = middle + s * ROW;
      a = row(rows, low).add(row(rows, high)).mul(weights[weight + s]).add(a);
      b = row(rows, low + ROW).add(row(rows, high + ROW)).mul(weights[weight + next + s]).add(b);
      c = row(rows, low + 2 * ROW).add(row(rows, high + 2 * ROW)).mul(weights[weight + 2 * next + s]).add(c);
      d = row(rows, low + 3 * ROW).add(row(rows, high + 3 * ROW)).mul(weights[weight + 3 * next + s]).add(d);
    }
    a.intoArray(results, i * ROW + k);
    b.intoArray(results, (i + 1) * ROW + k);
    c.intoArray(results, (i + 2) * ROW + k);
    d.intoArray(results, (i + 3) * ROW + k);
  }

  private static void smoothOne(float[] rows, float[] weights, int reach, int i, int k, float[] results) {
    int middle = (i + reach) * ROW + k;
    int weight = i * (reach + 1);
    FloatVector sum = row(rows, middle).mul(weights[weight]);
    for (int s = 1; s <= reach; s++) {
      sum = row(rows, middle - s * ROW).add(row(rows, middle + s * ROW)).mul(weights[weight + s]).add(sum);
    }
    sum.intoArray(results, i * ROW + k);
  }

  private static FloatVector row(float[] values, int from) { return FloatVector.fromArray(ROWS, values, from); }
}
