package dev.midifleet.worker.analyze.tempo;

/**
 * The oracle of {@link BeatTrack}: every onset is compared with every one before it, by the formula of the price and not a
 * table's bounds; it knows neither a window nor the best so far.
 */
final class SlowBeatTrack {
  private static final int STEPS = 64;

  private SlowBeatTrack() {}

  /** What the best chain is worth. */
  static double reward(Onsets onsets, double period) {
    int size = onsets.size();
    float[] worth = worth(onsets);
    float[] best = new float[size];
    float[] rates = new float[size];
    double most = 0;
    for (int j = 0; j < size; j++) {
      int from = -1;
      float top = 0;
      for (int i = j - 1; i >= 0; i--) {
        double seconds = onsets.time(j) - onsets.time(i);
        if (seconds > 4.5 * period) continue;
        float value = (float) (best[i] - price((float) seconds * rates[i]));
        if (value > top) {
          top = value;
          from = i;
        }
      }
      best[j] = top + worth[j];
      rates[j] = (float) (STEPS / period);
      if (from >= 0) {
        float seconds = (float) (onsets.time(j) - onsets.time(from));
        float rate = Math.max(1, Math.round(seconds * rates[from] / STEPS)) * STEPS / seconds;
        float mixed = 0.75f * rates[from] + 0.25f * rate;
        rates[j] = Math.clamp(mixed, (float) (STEPS / (period * 1.2)), (float) (STEPS * 1.2 / period));
      }
      most = Math.max(most, best[j]);
    }
    return most;
  }

  /** Of an interval in 64ths of a beat, as the middle of its step: 60 log² of what it departs by, .4 a missing beat. */
  private static double price(float steps) {
    int step = (int) steps;
    if (step < 38 || step >= 288) return Double.POSITIVE_INFINITY;
    double beats = (step + 0.5) / STEPS;
    long whole = Math.max(1, Math.round(beats));
    double log = Math.log(beats / whole);
    return 60 * log * log * whole + 0.4 * (whole - 1);
  }

  private static float[] worth(Onsets onsets) {
    int size = onsets.size();
    double strength = 0;
    double news = 0;
    for (int i = 0; i < size; i++) {
      strength += onsets.band(i, Onsets.ALL) / size;
      news += onsets.band(i, Onsets.HARMONY) / size;
    }
    float[] worth = new float[size];
    for (int i = 0; i < size; i++) {
      double strong = Math.min(3, onsets.band(i, Onsets.ALL) / strength);
      double isNew = news > 0 ? Math.min(3, onsets.band(i, Onsets.HARMONY) / news) : strong;
      worth[i] = (float) (0.7 * strong + 0.3 * isNew);
    }
    return worth;
  }
}
