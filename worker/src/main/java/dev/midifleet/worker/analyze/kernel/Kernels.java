package dev.midifleet.worker.analyze.kernel;

/**
 * Loops over columns. Results on ints are the same in every implementation; sums of floats may differ by the order of
 * addition, by at most {@link #TOLERANCE} times the sum of the magnitudes of what is added.
 */
public interface Kernels {
  /** See above. */
  float TOLERANCE = 1e-5f;

  /** How it calls itself in logs. */
  String name();

  /** The sum of {@code a[aFrom + i] * b[bFrom + i]} for i below {@code length}. */
  float dot(float[] a, int aFrom, float[] b, int bFrom, int length);

  /**
   * A row vector times a matrix: {@code results[j]} becomes the sum over i of {@code row[i] * matrix[i * columns + j]}.
   *
   * @param results
   *          at least {@code columns} long
   */
  void multiply(float[] row, int rows, float[] matrix, int columns, float[] results);

  /** The largest of the first {@code count} values, 0 if there is none above it. */
  int max(int[] values, int count);

  /**
   * Adds up a 7-bit field of each value.
   *
   * @param shift
   *          where the field begins, 0 to 24
   * @param sums
   *          {@code sums[0]} becomes the sum of the fields, {@code sums[1]} that of their squares
   */
  void fieldSums(int[] values, int count, int shift, long[] sums);
}
