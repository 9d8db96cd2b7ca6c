package dev.midifleet.worker.analyze.kernel;

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
        sum = load(matrix, i * columns + column).fma(FloatVector.broadcast(FLOATS, row[i]), sum);
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
}
