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
  private static final int FIELD = 0x7F;
  /** Squares of 7 bits that a lane can add up without overflow, with room to spare. */
  private static final int BLOCK = 1 << 16;

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
    int bound = FLOATS.loopBound(columns);
    for (int j = 0; j < bound; j += FLOATS.length()) {
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < rows; i++) {
        sum = load(matrix, i * columns + j).fma(FloatVector.broadcast(FLOATS, row[i]), sum);
      }
      sum.intoArray(results, j);
    }
    if (bound < columns) {
      VectorMask<Float> tail = FLOATS.indexInRange(bound, columns);
      FloatVector sum = FloatVector.zero(FLOATS);
      for (int i = 0; i < rows; i++) {
        FloatVector part = FloatVector.fromArray(FLOATS, matrix, i * columns + bound, tail);
        sum = part.fma(FloatVector.broadcast(FLOATS, row[i]), sum);
      }
      sum.intoArray(results, bound, tail);
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
  public void fieldSums(int[] values, int count, int shift, long[] sums) {
    sums[0] = 0;
    sums[1] = 0;
    for (int from = 0; from < count; from += BLOCK) {
      addBlock(values, from, Math.min(from + BLOCK, count), shift, sums);
    }
  }

  private static void addBlock(int[] values, int from, int to, int shift, long[] sums) {
    IntVector sum = IntVector.zero(INTS);
    IntVector squares = IntVector.zero(INTS);
    int i = from;
    for (; i + INTS.length() <= to; i += INTS.length()) {
      IntVector field = IntVector.fromArray(INTS, values, i).lanewise(VectorOperators.LSHR, shift).and(FIELD);
      sum = sum.add(field);
      squares = squares.add(field.mul(field));
    }
    if (i < to) {
      IntVector raw = IntVector.fromArray(INTS, values, i, INTS.indexInRange(i, to));
      IntVector field = raw.lanewise(VectorOperators.LSHR, shift).and(FIELD);
      sum = sum.add(field);
      squares = squares.add(field.mul(field));
    }
    // A block's squares fit into a lane, and those of all lanes into an int: 65,536 * 127 * 127 < 2^31.
    sums[0] += sum.reduceLanes(VectorOperators.ADD);
    sums[1] += squares.reduceLanes(VectorOperators.ADD);
  }

  @Override
  public long relax(int[] scores, int floor, int[] matrix, int[] rows, int[] weights, int count) {
    IntVector replacement = IntVector.zero(INTS).sub(INDEX).add(floor + STATES - 1);
    long changed = 0;
    for (int j = 0; j < STATES; j += INTS.length()) {
      IntVector score = IntVector.fromArray(INTS, scores, j);
      changed |= score.compare(VectorOperators.LT, floor).toLong() << j;
      score = score.max(replacement.sub(j));
      for (int i = 0; i < count; i++) {
        score = IntVector.fromArray(INTS, matrix, rows[i] * STATES + j).mul(weights[i]).add(score);
      }
      score.intoArray(scores, j);
    }
    return changed;
  }
}
