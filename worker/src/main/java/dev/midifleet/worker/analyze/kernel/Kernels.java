package dev.midifleet.worker.analyze.kernel;

/**
 * Loops over columns. Results are the same bits in every implementation and at every width, but that of {@link #dot}, which
 * may differ by the order of addition, by at most {@link #TOLERANCE} times the sum of the magnitudes of what is added.
 */
public interface Kernels {
  /** See above. */
  float TOLERANCE = 1e-5f;

  /** How it calls itself in logs. */
  String name();

  /** The sum of {@code a[aFrom + i] * b[bFrom + i]} for i below {@code length}. */
  float dot(float[] a, int aFrom, float[] b, int bFrom, int length);

  /**
   * A row vector times a matrix: {@code results[j]} becomes the sum over i of {@code row[i] * matrix[i * columns + j]},
   * added in the order of i.
   *
   * @param results
   *          at least {@code columns} long
   */
  void multiply(float[] row, int rows, float[] matrix, int columns, float[] results);

  /** The largest of the first {@code count} values, 0 if there is none above it. */
  int max(int[] values, int count);

  /** States of {@link #relax}. */
  int STATES = 64;

  /**
   * One step of Viterbi decoding over {@link #STATES} states, where every change of state costs the same: each score
   * {@code j} becomes the greater of itself and {@code floor + STATES - 1 - j}, plus the sum over i below {@code count} of
   * {@code weights[i] * matrix[rows[i] * STATES + j]}. With scores that are {@code STATES - 1 - j} modulo {@link #STATES}
   * and a floor and a matrix of multiples of it, they stay so, and the greatest score names its state.
   *
   * @param scores
   *          {@link #STATES} of them, and after them, as a result, the greatest
   * @return the states, a bit each, whose score was below the floor
   */
  long relax(int[] scores, int floor, int[] matrix, int[] rows, int[] weights, int count);

  /** Floats of a row in {@link #addProducts} and {@link #smooth}. */
  int ROW = 16;

  /**
   * Adds the products of one row with others, float by float: to row {@code lags[j]} of {@code sums}, for j below
   * {@code count}, row {@code row} of {@code rows} times row {@code from + j}.
   */
  void addProducts(float[] rows, int row, int from, int count, int[] lags, float[] sums);

  /** Doubles of a row in {@link #addRows}. */
  int TALLY = 8;

  /** Adds row {@code from[i]} of {@code rows} to row {@code to[i]} of {@code sums}, for i below {@code count}, in this order. */
  void addRows(double[] rows, int[] from, int[] to, int count, double[] sums);

  /**
   * A moving sum over rows, with weights of its own for each result: row i of {@code results} becomes the sum over s up to
   * {@code reach} of {@code weights[i * (reach + 1) + s]} times the sum of the rows {@code i + reach - s} and
   * {@code i + reach + s}, which for s of 0 is one row.
   *
   * @param count
   *          rows of {@code results}; {@code rows} has {@code 2 * reach} more
   */
  void smooth(float[] rows, float[] weights, int reach, int count, float[] results);
}
