package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * How the onsets lie on the grid of ticks: the share of those on sixteenths or triplets of eighths, and whether eighths
 * swing. One pass over the notes. Nothing is known where ticks are parts of SMPTE frames.
 */
final class TickGrid {
  private static final int TWELFTHS = 12;
  /** Bit n is set where n twelfths of a quarter are whole sixteenths or triplets of eighths. */
  private static final int GRID = 0b0011_0101_1001;
  /** A hundredth of a quarter, in twelfths, and a little for rounding. */
  private static final double TOLERANCE = 0.12 + 1e-9;

  /** Quarters that the swing is taken from, from the file's beginning on. */
  private static final int BEATS_MAX = 4096;
  private static final int BEATS_MIN = 8;
  /** Of a quarter; 960 so that halves and thirds are whole. */
  private static final int PHASES = 960;
  private static final int NEAR_BEAT = PHASES / 12;
  private static final int MIDDLE_MIN = PHASES * 2 / 5;
  private static final int MIDDLE_MAX = PHASES * 18 / 25;
  private static final int TOGETHER = PHASES / 24;

  private final boolean[] begins = new boolean[BEATS_MAX + 1];
  /** The earliest and the latest onset within each beat, away from its ends. */
  private final short[] earliest = new short[BEATS_MAX + 1];
  private final short[] latest = new short[BEATS_MAX + 1];
  private final int[] middles = new int[PHASES];
  private double quantizedShare;
  private double swingRatio;

  /** Of the onsets of all notes, within a hundredth of a quarter; {@code NaN} without notes or without a grid. */
  double quantizedShare() {
    return quantizedShare;
  }

  /**
   * The median, over quarters with an onset at the beginning and one more near the middle, of the first part's length over
   * the second's; {@code NaN} where there are fewer than 8 such quarters.
   */
  double swingRatio() { return swingRatio; }

  void measure(Score score, int lastTick) {
    quantizedShare = Double.NaN;
    swingRatio = Double.NaN;
    int count = score.noteCount();
    if (score.isSmpte() || count == 0) return;
    int beats = Math.min(BEATS_MAX, lastTick / score.division() + 1);
    clear(beats);
    int[] onsets = score.onsets();
    double twelfthsATick = (double) TWELFTHS / score.division();
    int onGrid = 0;
    for (int i = 0; i < count; i++) {
      double twelfths = onsets[i] * twelfthsATick;
      long nearest = (long) (twelfths + 0.5);
      onGrid += Math.abs(twelfths - nearest) <= TOLERANCE ? GRID >>> nearest % TWELFTHS & 1 : 0;
      int beat = (int) (twelfths / TWELFTHS);
      if (beat < beats) {
        place(beat, (int) ((twelfths - (double) beat * TWELFTHS) * (PHASES / TWELFTHS) + 0.5));
      }
    }
    quantizedShare = (double) onGrid / count;
    swing(beats);
  }

  private void clear(int beats) {
    Arrays.fill(begins, 0, beats + 1, false);
    Arrays.fill(earliest, 0, beats + 1, Short.MAX_VALUE);
    Arrays.fill(latest, 0, beats + 1, (short) -1);
  }

  private void place(int beat, int phase) {
    if (phase < NEAR_BEAT) {
      begins[beat] = true;
    } else if (phase > PHASES - NEAR_BEAT) {
      begins[beat + 1] = true;
    } else {
      earliest[beat] = (short) Math.min(earliest[beat], phase);
      latest[beat] = (short) Math.max(latest[beat], phase);
    }
  }

  private void swing(int beats) {
    Arrays.fill(middles, 0);
    int found = 0;
    for (int beat = 0; beat < beats; beat++) {
      if (begins[beat] && earliest[beat] >= MIDDLE_MIN && latest[beat] <= MIDDLE_MAX
          && latest[beat] >= earliest[beat] && latest[beat] - earliest[beat] <= TOGETHER) {
        middles[(earliest[beat] + latest[beat]) / 2]++;
        found++;
      }
    }
    if (found < BEATS_MIN) return;
    int phase = MIDDLE_MIN - 1;
    for (int below = 0; 2 * below < found;) {
      below += middles[++phase];
    }
    swingRatio = (double) phase / (PHASES - phase);
  }
}
