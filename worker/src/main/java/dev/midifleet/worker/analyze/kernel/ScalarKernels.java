package dev.midifleet.worker.analyze.kernel;

/** The kernels as plain loops: the oracle of the vector ones, and what runs where those cannot. */
public final class ScalarKernels implements Kernels {
  @Override
  public String name() { return "scalar"; }

  @Override
  public float dot(float[] a, int aFrom, float[] b, int bFrom, int length) {
    // Double keeps the oracle's own error far below the tolerance.
    double sum = 0;
    for (int i = 0; i < length; i++) {
      sum += (double) a[aFrom + i] * b[bFrom + i];
    }
    return (float) sum;
  }

  @Override
  public void multiply(float[] row, int rows, float[] matrix, int columns, float[] results) {
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
    int max = 0;
    for (int i = 0; i < count; i++) {
      max = Math.max(max, values[i]);
    }
    return max;
  }

  @Override
  public long relax(int[] scores, int floor, int[] matrix, int[] rows, int[] weights, int count) {
    long changed = 0;
    int greatest = Integer.MIN_VALUE;
    for (int j = 0; j < STATES; j++) {
      changed |= scores[j] < floor ? 1L << j : 0;
      int score = Math.max(scores[j], floor + STATES - 1 - j);
      for (int i = 0; i < count; i++) {
        score += weights[i] * matrix[rows[i] * STATES + j];
      }
      scores[j] = score;
      greatest = Math.max(greatest, score);
    }
    scores[STATES] = greatest;
    return changed;
  }

  @Override
  public void addProducts(float[] rows, int row, int from, int count, int[] lags, float[] sums) {
    for (int j = 0; j < count; j++) {
      for (int k = 0; k < ROW; k++) {
        sums[lags[j] * ROW + k] += rows[row * ROW + k] * rows[(from + j) * ROW + k];
      }
    }
  }

  @Override
  public void addRows(double[] rows, int[] from, int[] to, int count, double[] sums) {
    for (int i = 0; i < count; i++) {
      for (int k = 0; k < TALLY; k++) {
        sums[to[i] * TALLY + k] += rows[from[i] * TALLY + k];
      }
    }
  }

  @Override
  public void smooth(float[] rows, float[] weights, int reach, int count, float[] results) {
    for (int i = 0; i < count; i++) {
      int middle = (i + reach) * ROW;
      for (int k = 0; k < ROW; k++) {
        float sum = weights[i * (reach + 1)] * rows[middle + k];
        for (int s = 1; s <= reach; s++) {
          sum += weights[i * (reach + 1) + s] * (rows[middle - s * ROW + k] + rows[middle + s * ROW + k]);
        }
        results[i * ROW + k] = sum;
      }
    }
  }
}
