package dev.midifleet.worker.analyze.tempo;

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
  private static final double SIGMA = 3;
  private static final double SIGMA_GROWTH = 0.03;
  private static final double MAKE_UP_MAX = 4;
  private static final int BANDS = Onsets.BANDS;

  /** Of the smoothing, by lag; the Gaussian is cut at two and a half deviations, or where {@link #REACH} ends. */
  private static final int[] REACHES = new int[LAGS];
  private static final double[] AREAS = new double[LAGS];
  private static final float[] WEIGHTS = weights();

  private final float[] pairs = new float[(LAGS + 2 * REACH) * BANDS];
  private final float[] smooth = new float[LAGS * BANDS];
  private final float[] sums = new float[BANDS];
  private final float[] squares = new float[BANDS];
  private final float[] chance = new float[BANDS];

  void correlate(Onsets onsets) {
    Arrays.fill(pairs, 0);
    Arrays.fill(sums, 0);
    Arrays.fill(squares, 0);
    float[] bands = onsets.bands();
    double[] times = onsets.times();
    int size = onsets.size();
    double reach = (LAGS + REACH - 1.5) / RATE_HZ;
    for (int i = 0; i < size; i++) {
      int a = i * BANDS;
      for (int band = 0; band < BANDS; band++) {
        sums[band] += bands[a + band];
        squares[band] += bands[a + band] * bands[a + band];
      }
      double time = times[i];
      for (int j = i + 1; j < size && times[j] - time < reach; j++) {
        int lag = (int) ((times[j] - time) * RATE_HZ + 0.5);
        addProducts(bands, a, j * BANDS, (lag + REACH) * BANDS);
      }
    }
    mirror();
    scale(Math.max(onsets.seconds(), 0.1));
  }

  private void addProducts(float[] bands, int a, int b, int to) {
    for (int band = 0; band < BANDS; band++) {
      pairs[to + band] += bands[a + band] * bands[b + band];
    }
  }

  /** Lags below 0, which the smoothing near lag 0 reaches for. */
  private void mirror() {
    for (int lag = 1; lag <= REACH; lag++) {
      System.arraycopy(pairs, (REACH + lag) * BANDS, pairs, (REACH - lag) * BANDS, BANDS);
    }
  }

  private void scale(double seconds) {
    for (int band = 0; band < BANDS; band++) {
      chance[band] = squares[band] > 0
          ? (float) (sums[band] * sums[band] / squares[band] / seconds / RATE_HZ)
          : 0;
    }
    Arrays.fill(smooth, 0);
    for (int lag = 0; lag < LAGS; lag++) {
      int reach = REACHES[lag];
      double area = AREAS[lag];
      int to = lag * BANDS;
      for (int shift = -reach; shift <= reach; shift++) {
        float weight = WEIGHTS[lag * (REACH + 1) + Math.abs(shift)];
        int from = (lag + REACH + shift) * BANDS;
        for (int band = 0; band < BANDS; band++) {
          smooth[to + band] += weight * pairs[from + band];
        }
      }
      double rest = seconds - (double) lag / RATE_HZ;
      double madeUp = rest > 0 ? Math.min(MAKE_UP_MAX, seconds / rest) : 0;
      for (int band = 0; band < BANDS; band++) {
        smooth[to + band] = squares[band] > 0 && madeUp > 0
            ? (float) (smooth[to + band] / squares[band] * madeUp - chance[band] * area)
            : 0;
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
    return (1 - part) * smooth[low * BANDS + band] + part * smooth[(low + 1) * BANDS + band];
  }

  private static float[] weights() {
    float[] weights = new float[LAGS * (REACH + 1)];
    for (int lag = 0; lag < LAGS; lag++) {
      double sigma = SIGMA + SIGMA_GROWTH * lag;
      REACHES[lag] = (int) Math.min(REACH, Math.ceil(2.5 * sigma));
      for (int shift = 0; shift <= REACHES[lag]; shift++) {
        double weight = Math.exp(-0.5 * shift * shift / (sigma * sigma));
        weights[lag * (REACH + 1) + shift] = (float) weight;
        AREAS[lag] += shift == 0 ? weight : 2 * weight;
      }
    }
    return weights;
  }
}
