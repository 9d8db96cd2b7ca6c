package dev.midifleet.worker.analyze.kernel;

import dev.midifleet.worker.score.Score;

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
  public void parts(int[] onsets, int[] ends, int[] voices, int from, int count, BeatParts into) {
    parts(onsets, ends, voices, from, 0, count, into);
  }

  /** The same for columns from {@code begin} to {@code end}. */
  static void parts(int[] onsets, int[] ends, int[] voices, int from, int begin, int end, BeatParts into) {
    for (int i = begin; i < end; i++) {
      int voice = voices[from + i];
      int first = (int) ((onsets[from + i] - into.start) * into.unitsPerTick + 0.5);
      int last = (int) ((ends[from + i] - into.start) * into.unitsPerTick + 0.5);
      last = Math.min(Math.min(first + BeatParts.NOTE_UNITS_MAX, last), into.all);
      int beat = first >> BeatParts.UNIT_BITS;
      int next = (beat + 1) << BeatParts.UNIT_BITS;
      int units = Math.min(last, next) - first;
      int unitsNext = Math.max(Math.min(last - next, BeatParts.UNITS), 0);
      int pitch = Score.pitch(voice);
      int note = (pitch << 4) | Score.channel(voice);
      into.rows[i] = Score.isDrum(voice) || first >= into.all ? -1 : beat * BeatParts.STRIDE + pitch % CLASSES;
      into.ends[i] = last;
      into.weights[i] = units * Score.velocity(voice);
      into.weightsNext[i] = unitsNext * Score.velocity(voice);
      into.heard[i] = BeatParts.heard(note, units);
      into.heardNext[i] = BeatParts.heard(note, unitsNext);
    }
  }

  @Override
  public int shares(float[] rows, int from, float sum, int[] into) {
    double scale = (double) WHOLE * WHOLE / sum;
    int positive = 0;
    for (int i = 0; i < ROW; i++) {
      into[i] = (int) (Math.sqrt(rows[from + i] * scale) + 0.5);
      positive += rows[from + i] > 0 ? 1 : 0;
    }
    return positive;
  }

  @Override
  public int relax(short[] scores, int from, int best, int cost, short[] matrix, int base, int[] weights) {
    int greatest = Short.MIN_VALUE;
    for (int j = 0; j < STATES; j++) {
      int score = Math.max(scores[from + j], best - cost) - best + matrix[base * STATES + j];
      for (int i = 0; i < CLASSES; i++) {
        score += weights[i] * matrix[i * STATES + j];
      }
      scores[from + STATES + j] = (short) score;
      greatest = Math.max(greatest, score);
    }
    return greatest;
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
