package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * A sketch of a file's melody and bass: of two files the share of equal values estimates the Jaccard similarity of their
 * sets of 5-grams, blind to transposition, tempo, channels and drums.
 *
 * <p>Of the notes that begin at one step of {@link StepGrid} the highest belongs to the upper line, the lowest to the lower,
 * unless a higher (lower) note of that line still sounds. A 5-gram is five successive pairs of (interval in semitones, class
 * of the inter-onset interval) of one line; it does not say of which, so that a melody alone resembles itself accompanied.
 *
 * <p>One permutation in 64 bins (Li, Owen, Zhang 2012): the first 6 bits of a gram's hash choose a bin, the bin keeps the
 * least of the rest, and of that 16 bits. An empty bin takes the value of another, the first full one in an order of its own
 * (Shrivastava 2017).
 */
final class MinHash {
  private static final int BINS = Analysis.MINHASH_VALUES;
  private static final int BIN_BITS = 6;
  /** A file with fewer different grams, as far as bins can tell, has no sketch. */
  private static final int FULL_BINS_MIN = 8;
  private static final int GRAM = 5;
  private static final int SYMBOL_BITS = 12;
  private static final int CLASS_BITS = 4;
  private static final int PITCHES = 128;
  private static final long GRAM_MASK = (1L << (GRAM * SYMBOL_BITS)) - 1;
  /** A note that still sounds for no longer than this is taken as played legato, not as held. */
  private static final int LEGATO_STEPS = 2;
  private static final long EMPTY = -1;

  private final StepGrid grid;
  private final Line upper = new Line(1);
  private final Line lower = new Line(-1);
  private final long[] bins = new long[BINS];

  /** One line, note by note. */
  private static final class Line {
    private final int sign;
    private int notes;
    private int pitch;
    private int step;
    private int endStep;
    private long gram;

    Line(int sign) { this.sign = sign; }

    void begin() {
      notes = 0;
      endStep = -1;
    }
  }

  MinHash(StepGrid grid) { this.grid = grid; }

  /** All columns are in the order of onsets. */
  void analyze(int[] voices, int[] onsets, int[] ends, int[] steps, int count, Analysis into) {
    Arrays.fill(bins, EMPTY);
    upper.begin();
    lower.begin();
    int from = 0;
    while (from < count) {
      int step = steps[from];
      long top = 0;
      long bottom = 0;
      int at = from;
      do {
        // Pitch first, then end; a drum is below all.
        long pitched = (voices[at] & Score.DRUM) == 0 ? -1 : 0;
        top = Math.max(top, ((Score.pitch(voices[at]) + 1L) << Integer.SIZE | ends[at]) & pitched);
        bottom = Math.max(bottom, ((PITCHES - (long) Score.pitch(voices[at])) << Integer.SIZE | ends[at]) & pitched);
        at++;
      } while (at < count && steps[at] == step);
      from = at;
      if (top != 0) {
        add(upper, (int) (top >>> Integer.SIZE) - 1, step, grid.step((int) top - onsets[0]));
        add(lower, PITCHES - (int) (bottom >>> Integer.SIZE), step, grid.step((int) bottom - onsets[0]));
      }
    }
    into.hasMinhash = toValues(into.minhash);
  }

  private void add(Line line, int pitch, int step, int endStep) {
    int interval = pitch - line.pitch;
    boolean isHeld = line.endStep - LEGATO_STEPS > step;
    if (isHeld && line.sign * interval < 0) return;
    int symbol = (interval + PITCHES) << CLASS_BITS | StepGrid.classOfSteps(step - line.step);
    line.gram = (line.gram << SYMBOL_BITS | symbol) & GRAM_MASK;
    line.notes++;
    line.pitch = pitch;
    line.step = step;
    line.endStep = endStep;
    if (line.notes > GRAM) {
      long hash = Mix.mix(line.gram);
      int bin = (int) (hash >>> (Long.SIZE - BIN_BITS));
      bins[bin] = Math.min(bins[bin] & Long.MAX_VALUE, hash << BIN_BITS >>> 1);
    }
  }

  private boolean toValues(short[] values) {
    int full = 0;
    for (long bin : bins) {
      full += bin != EMPTY ? 1 : 0;
    }
    if (full < FULL_BINS_MIN) return false;
    for (int i = 0; i < BINS; i++) {
      int from = i;
      for (int attempt = 1; bins[from] == EMPTY; attempt++) {
        from = (int) (Mix.mix((long) attempt << BIN_BITS | i) & (BINS - 1));
      }
      values[i] = (short) (Mix.mix(bins[from]) >>> 48);
    }
    return true;
  }
}
