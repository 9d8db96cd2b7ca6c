package dev.midifleet.worker.analyze.tempo;

import java.util.Arrays;

/**
 * The chain of onsets that best stand for the beats of a given tempo (dynamic programming after Ellis 2007, over onsets
 * instead of samples): each beat is worth the strength of its onset, less the square of the logarithm of how much an
 * interval departs from the beat, less a price for each beat without an onset; at most three in a row may be missing. The
 * expected beat follows the player, within a fifth of the given tempo.
 */
final class BeatTrack {
  private static final double SHORTEST = 0.6;
  private static final double LONGEST = 4.5;
  private static final int STEPS_A_BEAT = 64;
  private static final double TIGHTNESS = 60;
  private static final float MISSING = 0.4f;
  /** How far the next beat is expected to be as long as the last interval, and not as those before. */
  private static final float ADAPT = 0.25f;
  private static final double DRIFT_MAX = 1.2;
  /** A little less than 1, for what is rounded. */
  private static final double NEARLY = 0.999;
  /** A worth of 0, and no onset. */
  private static final long NONE = 0xffffffffL;
  /** By the length of an interval: at most {@link #LONGEST} beats of the tempo, {@link #DRIFT_MAX} times that in steps. */
  private static final float[] PRICES = prices();

  private final float[] worth = new float[Onsets.ONSETS_MAX];
  private final float[] best = new float[Onsets.ONSETS_MAX];
  /** The bits of the greatest {@link #best} so far, above those of an int. */
  private final long[] peaks = new long[Onsets.ONSETS_MAX];
  /** {@link #STEPS_A_BEAT} a beat, over seconds, as the chain that ends in the onset has it. */
  private final float[] rates = new float[Onsets.ONSETS_MAX];
  private final int[] before = new int[Onsets.ONSETS_MAX];
  private final int[] chain = new int[Onsets.ONSETS_MAX];
  /** Counted in beats from the chain's first. */
  private final int[] counts = new int[Onsets.ONSETS_MAX];
  private final double[] intervals = new double[Onsets.ONSETS_MAX];
  private int length;
  private double reward;

  /** What an onset is worth as a beat: 1 on average. */
  void prepare(Onsets onsets) {
    int size = onsets.size();
    double all = 0;
    double harmony = 0;
    for (int i = 0; i < size; i++) {
      all += onsets.band(i, Onsets.ALL);
      harmony += onsets.band(i, Onsets.HARMONY);
    }
    float allScale = (float) (size / Math.max(all, 1e-9));
    float harmonyScale = (float) (size / Math.max(harmony, 1e-9));
    for (int i = 0; i < size; i++) {
      float strength = Math.min(3, onsets.band(i, Onsets.ALL) * allScale);
      float news = harmony > 0 ? Math.min(3, onsets.band(i, Onsets.HARMONY) * harmonyScale) : strength;
      worth[i] = 0.7f * strength + 0.3f * news;
    }
  }

  /** Finds the chain for beats of about so many seconds. */
  void track(Onsets onsets, double period) {
    int size = onsets.size();
    double[] times = onsets.times();
    double nearest = SHORTEST * period / DRIFT_MAX * NEARLY;
    double farthest = LONGEST * period;
    float given = (float) (STEPS_A_BEAT / period);
    float slow = (float) (STEPS_A_BEAT / (period * DRIFT_MAX));
    float fast = (float) (STEPS_A_BEAT * DRIFT_MAX / period);
    int oldest = 0;
    int newest = 0;
    long peak = 0;
    int last = 0;
    for (int j = 0; j < size; j++) {
      double time = times[j];
      while (time - times[oldest] > farthest) {
        oldest++;
      }
      while (time - times[newest] >= nearest) {
        newest++;
      }
      long top = top(times, oldest, newest, time);
      int from = (int) top;
      best[j] = Float.intBitsToFloat((int) (top >>> Integer.SIZE)) + worth[j];
      before[j] = from;
      rates[j] = from < 0 ? given : Math.min(fast, Math.max(slow, rate((float) (time - times[from]), rates[from])));
      long key = (long) Float.floatToRawIntBits(best[j]) << Integer.SIZE;
      last = key >= peak ? j : last;
      peak = Math.max(peak, key);
      peaks[j] = peak;
    }
    reward = size == 0 ? 0 : best[last];
    walk(times, last, size);
  }

  // Floats above 0 are in the order of their bits. With the index below them a comparison without a branch finds both the
  // greatest worth and where it is, the last of equal ones.
  private long top(double[] times, int oldest, int newest, double time) {
    long top = NONE;
    // No price is below 0: where nothing before is worth more than what was found, nothing before can be better.
    for (int i = newest - 1; i >= oldest && peaks[i] > top; i--) {
      int steps = (int) ((float) (time - times[i]) * rates[i]);
      top = Math.max(top, (long) Float.floatToRawIntBits(best[i] - PRICES[steps]) << Integer.SIZE | i);
    }
    return top;
  }

  private static float rate(float seconds, float before) {
    float beats = Math.max(1, (int) (seconds * before / STEPS_A_BEAT + 0.5f));
    return (1 - ADAPT) * before + ADAPT * (beats * STEPS_A_BEAT / seconds);
  }

  private void walk(double[] times, int last, int size) {
    length = 0;
    if (size == 0) return;
    for (int at = last; at >= 0; at = before[at]) {
      chain[length++] = at;
    }
    for (int i = 0, j = length - 1; i < j; i++, j--) {
      int swap = chain[i];
      chain[i] = chain[j];
      chain[j] = swap;
    }
    counts[0] = 0;
    for (int i = 1; i < length; i++) {
      double beats = (times[chain[i]] - times[chain[i - 1]]) * rates[chain[i - 1]] / STEPS_A_BEAT;
      counts[i] = counts[i - 1] + (int) Math.max(1, Math.round(beats));
    }
  }

  /** Onsets in the chain. */
  int length() { return length; }

  int onset(int index) { return chain[index]; }

  /** The number of the beat, from 0, with those that no onset stands for. */
  int count(int index) {
    return counts[index];
  }

  /** Worth less prices. */
  double reward() { return reward; }

  /** Seconds between beats: the mean of the middle half, each interval by its number of beats; {@code period} if none. */
  double refined(Onsets onsets, double period) {
    if (length < 3) return period;
    double[] times = onsets.times();
    int n = 0;
    for (int i = 1; i < length; i++) {
      int beats = counts[i] - counts[i - 1];
      intervals[n++] = (times[chain[i]] - times[chain[i - 1]]) / beats;
    }
    Arrays.sort(intervals, 0, n);
    int from = n / 4;
    int to = n - from;
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += intervals[i];
    }
    return sum / (to - from);
  }

  private static float[] prices() {
    float[] prices = new float[(int) (LONGEST * DRIFT_MAX * STEPS_A_BEAT) + 2];
    Arrays.fill(prices, Float.POSITIVE_INFINITY);
    for (int step = (int) (SHORTEST * STEPS_A_BEAT); step < LONGEST * STEPS_A_BEAT; step++) {
      double beats = (step + 0.5) / STEPS_A_BEAT;
      long whole = Math.max(1, Math.round(beats));
      double log = Math.log(beats / whole) * Math.sqrt((double) whole);
      prices[step] = (float) (TIGHTNESS * log * log + MISSING * (whole - 1));
    }
    return prices;
  }
}
