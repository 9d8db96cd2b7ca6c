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

  /** Of each beat: the onsets at its begin, and {@link #MIDDLE} those away from its ends. */
  private static final int CELLS = 2;
  private static final int MIDDLE = 1;
  private static final int CELL_MASK = 3;
  private static final int ON_GRID_SHIFT = 2;
  private static final int FIRST_SHIFT = 16;
  private static final int LAST_MASK = 0xffff;
  /** First and last beyond all parts. */
  private static final int NOTHING = -1;
  private static final int FAR = Integer.MAX_VALUE - 1;
  /** By the part of a beat: cells from the beat's first, and from bit 2 on whether it is on the grid. */
  private static final byte[] PLACES = places();

  /** By cell: the part of the beat where the first of its onsets lies, and below it that of the last. */
  private final int[] cells = new int[CELLS * (BEATS_MAX + 2)];
  /** How many beats have their middle there; after them how many have none. */
  private final int[] middles = new int[PHASES + 1];
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

  void measure(Score score, NotesByOnset notes, int lastTick) {
    quantizedShare = Double.NaN;
    swingRatio = Double.NaN;
    int count = notes.count();
    if (score.isSmpte() || count == 0) return;
    int beats = Math.min(BEATS_MAX, lastTick / score.division() + 1);
    Arrays.fill(cells, 0, CELLS * (beats + 2), NOTHING);
    int[] ticks = notes.momentTicks();
    int[] firsts = notes.momentNotes();
    double partsPerTick = (double) PARTS / score.division();
    int near = notes.moments();
    int onGrid = 0;
    // Times of years do not fit into an int, and are beyond all beats that are looked at.
    for (; near > 0 && ticks[near - 1] * partsPerTick >= FAR; near--) {
      int kind = PLACES[(int) ((long) (ticks[near - 1] * partsPerTick + 0.5) % PARTS)];
      onGrid += (kind >>> ON_GRID_SHIFT) * (firsts[near] - firsts[near - 1]);
    }
    onGrid += place(ticks, firsts, near, partsPerTick, beats);
    quantizedShare = (double) onGrid / count;
    swing(beats);
  }

  // Without branches: where in the beat an onset lies is hard to predict. In the order of time all onsets of a cell follow each
  // other, so that what is stored last is true of all of them.
  private int place(int[] ticks, int[] firsts, int count, double partsPerTick, int beats) {
    int onGrid = 0;
    int before = -1;
    int first = 0;
    for (int i = 0; i < count; i++) {
      int place = (int) (ticks[i] * partsPerTick + 0.5);
      int beat = place / PARTS;
      int part = place - beat * PARTS;
      int kind = PLACES[part];
      onGrid += (kind >>> ON_GRID_SHIFT) * (firsts[i + 1] - firsts[i]);
      // What begins later goes where nobody looks.
      int cell = beat < beats ? CELLS * beat + (kind & CELL_MASK) : CELLS * (beats + 1);
      first = cell == before ? first : part;
      before = cell;
      cells[cell] = first << FIRST_SHIFT | part;
    }
    return onGrid;
  }

  @SuppressWarnings("ShortCircuitBoolean") // without branches
  private void swing(int beats) {
    Arrays.fill(middles, 0);
    int found = 0;
    for (int cell = 0; cell < CELLS * beats; cell += CELLS) {
      int middle = cells[cell + MIDDLE];
      int first = middle >>> FIRST_SHIFT;
      int last = middle & LAST_MASK;
      boolean swings = cells[cell] != NOTHING & first >= MIDDLE_MIN & last <= MIDDLE_MAX & last - first <= TOGETHER;
      middles[swings ? (first + last) / (2 * PARTS_A_PHASE) : PHASES]++;
      found += swings ? 1 : 0;
    }
    if (found < BEATS_MIN) return;
    int phase = MIDDLE_MIN / PARTS_A_PHASE - 1;
    for (int below = 0; 2 * below < found;) {
      below += middles[++phase];
    }
    swingRatio = (double) phase / (PHASES - phase);
  }

  private static byte[] places() {
    byte[] table = new byte[PARTS];
    for (int part = 0; part < PARTS; part++) {
      int distance = Math.min(distance(part, SIXTEENTH), distance(part, TRIPLET));
      int cell = part < NEAR_BEAT ? 0 : part > PARTS - NEAR_BEAT ? CELLS : MIDDLE;
      table[part] = (byte) (cell | (distance <= TOLERANCE ? 1 << ON_GRID_SHIFT : 0));
    }
    return table;
  }

  private static int distance(int part, int step) { return Math.min(part % step, step - part % step); }
}
