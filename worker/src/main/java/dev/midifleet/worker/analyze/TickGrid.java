package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * How the onsets lie on the grid of ticks: the share of those on sixteenths or triplets of eighths, and whether eighths
 * swing. One pass over the notes. Nothing is known where ticks are parts of SMPTE frames.
 */
final class TickGrid {
  /** Parts of a quarter that onsets are rounded to. */
  private static final int PARTS = 4800;
  private static final int SIXTEENTH = PARTS / 4;
  private static final int TRIPLET = PARTS / 3;
  private static final int TOLERANCE = PARTS / 100;
  private static final byte[] IS_ON_GRID = onGrid();

  /** Quarters that the swing is taken from, from the file's beginning on. */
  private static final int BEATS_MAX = 4096;
  private static final int BEATS_MIN = 8;
  private static final int NEAR_BEAT = PARTS / 12;
  private static final int MIDDLE_MIN = PARTS * 2 / 5;
  private static final int MIDDLE_MAX = PARTS * 18 / 25;
  private static final int TOGETHER = PARTS / 24;
  /** Of a quarter, for the median: 960 so that halves and thirds are whole. */
  private static final int PHASES = 960;
  private static final int PARTS_A_PHASE = PARTS / PHASES;

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
    double partsPerTick = (double) PARTS / score.division();
    int onGrid = 0;
    for (int i = 0; i < count; i++) {
      long place = (long) (onsets[i] * partsPerTick + 0.5);
      long beat = place / PARTS;
      int part = (int) (place - beat * PARTS);
      onGrid += IS_ON_GRID[part];
      if (beat < beats) {
        place((int) beat, part);
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

  // Without branches: where in the beat an onset lies is hard to predict.
  private void place(int beat, int part) {
    boolean isMiddle = Math.abs(part - PARTS / 2) <= PARTS / 2 - NEAR_BEAT;
    begins[beat + (part > PARTS / 2 ? 1 : 0)] |= !isMiddle;
    earliest[beat] = (short) Math.min(earliest[beat], isMiddle ? part : Short.MAX_VALUE);
    latest[beat] = (short) Math.max(latest[beat], isMiddle ? part : -1);
  }

  private void swing(int beats) {
    Arrays.fill(middles, 0);
    int found = 0;
    for (int beat = 0; beat < beats; beat++) {
      if (begins[beat] && earliest[beat] >= MIDDLE_MIN && latest[beat] <= MIDDLE_MAX
          && latest[beat] >= earliest[beat] && latest[beat] - earliest[beat] <= TOGETHER) {
        middles[(earliest[beat] + latest[beat]) / (2 * PARTS_A_PHASE)]++;
        found++;
      }
    }
    if (found < BEATS_MIN) return;
    int phase = MIDDLE_MIN / PARTS_A_PHASE - 1;
    for (int below = 0; 2 * below < found;) {
      below += middles[++phase];
    }
    swingRatio = (double) phase / (PHASES - phase);
  }

  private static byte[] onGrid() {
    byte[] table = new byte[PARTS];
    for (int part = 0; part < PARTS; part++) {
      int distance = Math.min(distance(part, SIXTEENTH), distance(part, TRIPLET));
      table[part] = (byte) (distance <= TOLERANCE ? 1 : 0);
    }
    return table;
  }

  private static int distance(int part, int step) { return Math.min(part % step, step - part % step); }
}
