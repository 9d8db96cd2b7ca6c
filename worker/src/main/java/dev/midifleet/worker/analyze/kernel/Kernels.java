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

  /**
   * Writes the columns of {@link BeatParts} for the notes from {@code from} on.
   *
   * @param voices
   *          as in a score; onsets and ends likewise, in ticks
   * @param count
   *          at most {@link BeatParts#ROOM}
   */
  void parts(int[] onsets, int[] ends, int[] voices, int from, int count, BeatParts into);

  /** States of {@link #relax}. */
  int STATES = 64;

  /** Pitch classes of {@link #shares} and {@link #relax}. */
  int CLASSES = 12;

  /** Of a row of {@link #shares} whose weight is one class' alone. */
  int WHOLE = 256;

  /**
   * The square roots of each class' share of a row, as a vector of length {@link #WHOLE}, in whole numbers: of each of
   * {@link #ROW} floats from {@code from} on the root of {@code WHOLE * WHOLE / sum} times itself, plus a half, cut off.
   *
   * @param rows
   *          0 or more; those after the first {@link #CLASSES} of a row 0
   * @param sum
   *          of the row, above 0
   * @param into
   *          gets {@link #ROW} of them from 0 on
   * @return how many of the row are above 0
   */
  int shares(float[] rows, int from, float sum, int[] into);

  /**
   * One step of Viterbi decoding over {@link #STATES} states, where every change of state costs the same: the score of
   * each state becomes the greater of itself and {@code best - cost}, less {@code best}, plus what {@code base} has for it,
   * plus the sum over i below {@link #CLASSES} of {@code weights[i] * matrix[i * STATES + state]}. Results must fit a short; what
   * is added up on the way need not.
   *
   * @param scores
   *          rows of {@link #STATES}; that from {@code from} on is read, the next one written
   * @param best
   *          the greatest of the row that is read, or any other level
   * @param matrix
   *          rows of {@link #STATES}, one a class and others
   * @param base
   *          a row of the matrix, counted in rows
   * @return the greatest new score
   */
  int relax(short[] scores, int from, int best, int cost, short[] matrix, int base, int[] weights);

  /** Floats of a row in {@link #shares}, {@link #addProducts} and {@link #smooth}. */
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
