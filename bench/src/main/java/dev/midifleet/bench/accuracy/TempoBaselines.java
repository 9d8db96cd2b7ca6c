package dev.midifleet.bench.accuracy;

import dev.midifleet.worker.analyze.kernel.KernelSelector;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/** Simple methods that the tempo from the notes is compared with. Each returns beats a minute. */
final class TempoBaselines {
  static final double CONSTANT = 120;
  private static final int RATE_HZ = 100;
  private static final int SECONDS_MAX = 180;
  private static final double BPM_MIN = 30;
  private static final double BPM_MAX = 300;
  private static final double BPM_STEP = 1.005;
  private static final double PRIOR_BPM = 100;
  private static final double PRIOR_OCTAVES = 0.9;
  private static final double INTERVAL_MIN = 0.05;
  private static final double INTERVAL_MAX = 2;
  private static final double INTERVAL_DOUBLED = 0.2;
  private static final double CLUSTER = 0.025;
  private static final int LOW_PITCH = 52;
  private static final float LOW_WEIGHT = 1.5f;
  private static final int LAGS = (int) (4 * 60 / BPM_MIN * RATE_HZ) + 2;

  private final Kernels kernels = KernelSelector.kernels();

  /** One beat every mean interval between onsets that differ. */
  double meanInterval(Score score) {
    double[] times = times(score);
    Arrays.sort(times);
    int intervals = 0;
    for (int i = 1; i < times.length; i++) {
      intervals += times[i] > times[i - 1] ? 1 : 0;
    }
    return intervals == 0 ? CONSTANT : 60 * intervals / (times[times.length - 1] - times[0]);
  }

  /**
   * The interval that is met most often: intervals between successive onsets of .05 to 2 s, doubled until they are .2 s or
   * more, each put into the nearest cluster within 25 ms of its mean, or into one of its own (after Dixon 2001, as
   * pretty_midi's estimate_tempo does it).
   */
  double intervalClusters(Score score) {
    double[] times = times(score);
    Arrays.sort(times);
    double[] means = new double[times.length];
    int[] counts = new int[times.length];
    int size = 0;
    int most = -1;
    for (int i = 1; i < times.length; i++) {
      double interval = times[i] - times[i - 1];
      if (interval <= INTERVAL_MIN || interval >= INTERVAL_MAX) continue;
      while (interval < INTERVAL_DOUBLED) {
        interval *= 2;
      }
      int nearest = size;
      for (int k = 0; k < size; k++) {
        boolean isNearer = nearest == size || Math.abs(means[k] - interval) < Math.abs(means[nearest] - interval);
        nearest = isNearer && Math.abs(means[k] - interval) < CLUSTER ? k : nearest;
      }
      means[nearest] = (means[nearest] * counts[nearest] + interval) / (counts[nearest] + 1);
      counts[nearest]++;
      size = Math.max(size, nearest + 1);
      most = most < 0 || counts[nearest] > counts[most] ? nearest : most;
    }
    return most < 0 ? CONSTANT : 60 / means[most];
  }

  /**
   * Onset strength at 100 Hz, the root of the velocity, half as much again below pitch 52; its autocorrelation A over the
   * first 180 s; the T with the greatest A(T) + A(2T)/2 + A(4T)/4 times a log-normal prior around 100 BPM, 0.9 octave wide.
   */
  double autocorrelation(Score score) {
    double[] times = times(score);
    double first = Arrays.stream(times).min().orElse(0);
    float[] strength = new float[SECONDS_MAX * RATE_HZ + 1];
    int samples = 1;
    for (int i = 0; i < times.length; i++) {
      int place = (int) Math.round((times[i] - first) * RATE_HZ);
      if (place < strength.length) {
        int voice = score.voices()[i];
        strength[place] += (float) Math.sqrt(Score.velocity(voice)) * (Score.pitch(voice) < LOW_PITCH ? LOW_WEIGHT : 1);
        samples = Math.max(samples, place + 1);
      }
    }
    float[] correlation = new float[LAGS + 1];
    for (int lag = 0; lag <= LAGS && lag < samples; lag++) {
      correlation[lag] = kernels.dot(strength, 0, strength, lag, samples - lag);
    }
    return best(correlation);
  }

  private static double best(float[] correlation) {
    double best = 0;
    double bpm = CONSTANT;
    for (double candidate = BPM_MIN; candidate <= BPM_MAX; candidate *= BPM_STEP) {
      double lag = 60 * RATE_HZ / candidate;
      double octaves = Math.log(candidate / PRIOR_BPM) / Math.log(2) / PRIOR_OCTAVES;
      double value = (at(correlation, lag) + at(correlation, 2 * lag) / 2 + at(correlation, 4 * lag) / 4)
          * Math.exp(-octaves * octaves / 2);
      if (value > best) {
        best = value;
        bpm = candidate;
      }
    }
    return bpm;
  }

  private static double at(float[] correlation, double lag) {
    int low = (int) lag;
    double part = lag - low;
    return low >= LAGS ? 0 : (1 - part) * correlation[low] + part * correlation[low + 1];
  }

  private static double[] times(Score score) {
    double[] times = new double[score.noteCount()];
    for (int i = 0; i < times.length; i++) {
      times[i] = score.tempoMap().secondsAt(score.onsets()[i]);
    }
    return times;
  }
}
