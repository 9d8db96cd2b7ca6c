package dev.midifleet.worker.analyze.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
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
  private static final IntVector INDEX = IntVector.zero(INTS).addIndex(1);

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
  public long relax(int[] scores, int floor, int[] matrix, int[] rows, int[] weights, int count) {
    IntVector replacement = IntVector.zero(INTS).sub(INDEX).add(floor + STATES - 1);
    IntVector greatest = IntVector.broadcast(INTS, Integer.MIN_VALUE);
    long changed = 0;
    for (int j = 0; j < STATES; j += INTS.length()) {
      // What the evidence adds does not wait for the scores, which wait for the greatest one of the step before.
      IntVector sum = IntVector.zero(INTS);
      for (int i = 0; i < count; i++) {
        sum = IntVector.fromArray(INTS, matrix, rows[i] * STATES + j).mul(weights[i]).add(sum);
      }
      IntVector score = IntVector.fromArray(INTS, scores, j);
      changed |= score.compare(VectorOperators.LT, floor).toLong() << j;
      score = score.max(replacement.sub(j)).add(sum);
      greatest = greatest.max(score);
      score.intoArray(scores, j);
    }
    scores[STATES] = greatest.reduceLanes(VectorOperators.MAX);
    return changed;
  }

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
