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
  private static final int KEEP = 1 << 18;
  /** A note that still sounds for no longer than this is taken as played legato, not as held. */
  private static final int LEGATO_STEPS = 2;
  private static final long EMPTY = Long.MAX_VALUE;

  private final StepGrid grid;
  private final long[] bins = new long[BINS];
  /** By step with a pitched note, from 1 on: the step; of its highest and lowest note the rank, then the end tick. */
  private int[] groupSteps = {};
  private long[] tops = {};
  private long[] bottoms = {};
  /** Of one line, by note that belongs to it. */
  private int[] symbols = {};
  private long[] grams = {};

  MinHash(StepGrid grid) { this.grid = grid; }

  /** Ends, as {@link NoteHash} left them, and steps are in the order of onsets. */
  void analyze(NotesByOnset notes, int[] ends, int[] steps, Analysis into) {
    Arrays.fill(bins, EMPTY);
    int count = notes.count();
    if (tops.length <= count) {
      reserve(count + (count >> 1) + 1);
    }
    int groups = group(notes.voices(), ends, steps, count);
    int first = notes.onsets().length == 0 ? 0 : notes.onsets()[0];
    add(follow(tops, groups, first, 1));
    add(follow(bottoms, groups, first, -1));
    into.hasMinhash = toValues(into.minhash);
    if (tops.length > KEEP) {
      reserve(0);
    }
  }

  private void reserve(int room) {
    groupSteps = new int[room];
    tops = new long[room];
    bottoms = new long[room];
    symbols = new int[room];
    grams = new long[room];
  }

  /** Finds the highest and the lowest note of each step; returns how many steps have any. */
  private int group(int[] voices, int[] ends, int[] steps, int count) {
    int[] toStep = groupSteps;
    long[] toTop = tops;
    long[] toBottom = bottoms;
    int groups = 0;
    int last = -1;
    long top = 0;
    long bottom = 0;
    for (int i = 0; i < count; i++) {
      int drum = Score.drumMask(voices[i]);
      // A drum begins no group, and is below all; where groups begin is hard to predict, so nothing here branches.
      int step = Math.max(last, steps[i] | drum);
      int isNew = (last - step) >> (Integer.SIZE - 1);
      last = step;
      groups -= isNew;
      long end = ends[i];
      long pitch = Score.pitch(voices[i]);
      top = Math.max(top & ~isNew, ((pitch + 1) << Integer.SIZE | end) & ~drum);
      bottom = Math.max(bottom & ~isNew, ((PITCHES - pitch) << Integer.SIZE | end) & ~drum);
      toStep[groups] = step;
      toTop[groups] = top;
      toBottom[groups] = bottom;
    }
    return groups;
  }

  /**
   * Finds the notes that belong to a line and what leads to each.
   *
   * @param sign
   *          1 where higher notes rank higher, else -1
   * @return how many
   */
  private int follow(long[] ranked, int groups, int firstOnset, int sign) {
    int[] from = groupSteps;
    int[] to = symbols;
    int notes = 0;
    int rank = 0;
    long endStep = -1;
    int lineStep = 0;
    for (int i = 1; i <= groups; i++) {
      int step = from[i];
      int interval = (int) (ranked[i] >>> Integer.SIZE) - rank;
      long isHeld = (step - endStep + LEGATO_STEPS) >> (Long.SIZE - 1);
      // -1 for a note of this line, 0 for one under a note that still sounds.
      int isOf = (int) ~(isHeld & (interval >> (Integer.SIZE - 1)));
      to[notes] = (sign * interval + PITCHES) << CLASS_BITS | StepGrid.classOfSteps(step - lineStep);
      notes -= isOf;
      rank += interval & isOf;
      lineStep += (step - lineStep) & isOf;
      endStep += (grid.step((int) ranked[i] - firstOnset) - endStep) & isOf;
    }
    return notes;
  }

  /** Adds the grams of a line of so many notes. */
  private void add(int notes) {
    int found = notes - GRAM;
    if (found <= 0) return;
    long gram = 0;
    // What leads to the first note is no symbol.
    for (int i = 1; i < GRAM; i++) {
      gram = gram << SYMBOL_BITS | symbols[i];
    }
    for (int i = 0; i < found; i++) {
      gram = (gram << SYMBOL_BITS | symbols[i + GRAM]) & GRAM_MASK;
      grams[i] = gram;
    }
    Mix.mix(grams, found);
    for (int i = 0; i < found; i++) {
      long hash = grams[i];
      int bin = (int) (hash >>> (Long.SIZE - BIN_BITS));
      bins[bin] = Math.min(bins[bin], hash << BIN_BITS >>> 1);
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
