package dev.midifleet.worker.analyze.tempo;

import dev.midifleet.worker.analyze.kernel.Kernels;
import java.util.Arrays;

/**
 * How often, and how strongly, onsets are followed by others after so many seconds: the autocorrelation of each band of
 * {@link Onsets}, by lags of 10 ms up to {@link #SECONDS_MAX}. It is summed over pairs of onsets, which costs far less than
 * a correlation of sampled signals where there are some ten onsets a second; then smoothed by a Gaussian that widens
 * with the lag, as players drift; divided by the value at lag 0; made up for the pairs that the end of the piece cuts
 * off; and lessened by what chance would give.
 */
final class Pulse {
  static final int RATE_HZ = 100;
  static final double SECONDS_MAX = 8;
  private static final int REACH = 32;
  private static final int LAGS = (int) (SECONDS_MAX * RATE_HZ) + 2;
  /** Of the columns: the kernel does four at a time. */
  private static final int ROWS = (LAGS + 3) / 4 * 4;
  private static final double SIGMA = 3;
  private static final double SIGMA_GROWTH = 0.03;
  private static final double MAKE_UP_MAX = 4;
  private static final int STRIDE = Onsets.STRIDE;
  private static final double SECONDS_REACHED = (LAGS + REACH - 1.5) / RATE_HZ;

  /** Of the smoothing, by lag; the Gaussian is cut at two and a half deviations, or where {@link #REACH} ends. */
  private static final double[] AREAS = new double[LAGS];
  private static final float[] WEIGHTS = weights();

  private final Kernels kernels;
  private final float[] pairs = new float[(ROWS + 2 * REACH) * STRIDE];
  private final float[] smooth = new float[ROWS * STRIDE];
  private final int[] lags = new int[Onsets.ONSETS_MAX];
  private final float[] sums = new float[STRIDE];
  private final float[] squares = new float[STRIDE];
  private final float[] scales = new float[STRIDE];
  private final float[] chance = new float[STRIDE];

  Pulse(Kernels kernels) { this.kernels = kernels; }

  void correlate(Onsets onsets) {
    Arrays.fill(pairs, 0);
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    float[] bands = onsets.bands();
    double[] times = onsets.times();
    int size = onsets.size();
    int end = 0;
    for (int i = 0; i < size; i++) {
      for (int band = 0; band < STRIDE; band++) {
        float value = bands[i * STRIDE + band];
        sums[band] += value;
        squares[band] += value * value;
      }
      double time = times[i];
      while (end < size && times[end] - time < SECONDS_REACHED) {
        end++;
      }
      for (int j = i + 1; j < end; j++) {
        lags[j - i - 1] = (int) ((times[j] - time) * RATE_HZ + 0.5) + REACH;
      }
      kernels.addProducts(bands, i, i + 1, Math.max(0, end - i - 1), lags, pairs);
    }
    mirror();
    kernels.smooth(pairs, WEIGHTS, REACH, ROWS, smooth);
    scale(Math.max(onsets.seconds(), 0.1));
  }

  /** Lags below 0, which the smoothing near lag 0 reaches for. */
  private void mirror() {
    for (int lag = 1; lag <= REACH; lag++) {
      System.arraycopy(pairs, (REACH + lag) * STRIDE, pairs, (REACH - lag) * STRIDE, STRIDE);
    }
  }

  private void scale(double seconds) {
    for (int band = 0; band < STRIDE; band++) {
      boolean isEmpty = squares[band] <= 0;
      scales[band] = isEmpty ? 0 : 1 / squares[band];
      chance[band] = isEmpty ? 0 : (float) (sums[band] * sums[band] / squares[band] / seconds / RATE_HZ);
    }
    for (int lag = 0; lag < LAGS; lag++) {
      double rest = seconds - (double) lag / RATE_HZ;
      float madeUp = (float) (rest > 0 ? Math.min(MAKE_UP_MAX, seconds / rest) : 0);
      float area = (float) (rest > 0 ? AREAS[lag] : 0);
      for (int band = 0; band < STRIDE; band++) {
        float value = smooth[lag * STRIDE + band] * scales[band] * madeUp;
        smooth[lag * STRIDE + band] = value - chance[band] * area;
      }
    }
  }

  /** What chance gives, before smoothing. */
  float chance(int band) { return chance[band]; }

  boolean hasBand(int band) { return squares[band] > 0; }

  /** The correlation of a band at a lag in seconds, by linear interpolation; 0 beyond {@link #SECONDS_MAX}. */
  float at(int band, double seconds) {
    double lag = seconds * RATE_HZ;
    int low = (int) lag;
    if (low >= LAGS - 1) return 0;
    float part = (float) (lag - low);
    return (1 - part) * smooth[low * STRIDE + band] + part * smooth[(low + 1) * STRIDE + band];
  }

  private static float[] weights() {
    float[] weights = new float[ROWS * (REACH + 1)];
    for (int lag = 0; lag < LAGS; lag++) {
      double sigma = SIGMA + SIGMA_GROWTH * lag;
      int reach = (int) Math.min(REACH, Math.ceil(2.5 * sigma));
      for (int shift = 0; shift <= reach; shift++) {
        double weight = Math.exp(-0.5 * shift * shift / (sigma * sigma));
        weights[lag * (REACH + 1) + shift] = (float) weight;
        AREAS[lag] += shift == 0 ? weight : 2 * weight;
      }
    }
    return weights;
  }
}
