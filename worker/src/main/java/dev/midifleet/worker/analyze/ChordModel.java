package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;

/**
 * How well a beat's pitch classes and bass speak for each triad: templates of tones that belong and tones that do not, the
 * same on every root. {@link #STATES} states: major, minor, diminished, sus4 and sus2 on twelve roots each, then the four
 * augmented triads. Numbers are whole ones, so that every machine and every kernel decides alike: sixteenths of a nat, which
 * the matrix has in 512ths, by each part of a whole weight where it is of a pitch class. With them a beat adds to no state
 * less than -5,800 or more than 6,200, so that scores within a change's cost of the best fit a short.
 */
public final class ChordModel {
  static final int STATES = Kernels.STATES;
  /** Rows: pitch classes, from here on the bass' pitch class, then no bass. */
  static final int BASS = 12;
  static final int NO_BASS = 24;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int ROWS = 25;
  private static final int AUGMENTED = 5;
  private static final int[][] TONES = {{0, 4, 7}, {0, 3, 7}, {0, 3, 6}, {0, 5, 7}, {0, 2, 7}, {0, 4, 8}};
  /** How common each is. */
  private static final int[] BIASES = {16, 8, -16, -8, -8, -24};
  private static final int TONE = 48;
  private static final int FOREIGN = -40;
  private static final int BASS_ROOT = 24;
  private static final int BASS_TONE = -3;
  private static final int BASS_FOREIGN = -18;
  private static final int CHANGE = 40;
  /** 512ths of a nat in a sixteenth. */
  private static final int FINE = 32;

  private final short[] matrix = new short[ROWS * STATES];
  private final int changeCost;

  private ChordModel(int change) {
    changeCost = change * FINE;
    for (int state = 0; state < STATES; state++) {
      int bias = BIASES[triad(state)];
      for (int pitchClass = 0; pitchClass < CLASSES; pitchClass++) {
        boolean isTone = hasTone(state, pitchClass);
        matrix[pitchClass * STATES + state] = (short) ((isTone ? TONE : FOREIGN) * FINE / Kernels.WHOLE);
        int bass = isRoot(state, pitchClass) ? BASS_ROOT : isTone ? BASS_TONE : BASS_FOREIGN;
        matrix[(BASS + pitchClass) * STATES + state] = (short) ((bias + bass) * FINE);
      }
      matrix[NO_BASS * STATES + state] = (short) (bias * FINE);
    }
  }

  /** The model of the product: the chord of a beat leans on its neighbours'. */
  public static ChordModel smooth() {
    return new ChordModel(CHANGE);
  }

  /** The same without leaning: each beat for itself. */
  public static ChordModel beatByBeat() {
    return new ChordModel(0);
  }

  private static boolean hasTone(int state, int pitchClass) {
    for (int tone : TONES[triad(state)]) {
      if ((root(state) + tone) % CLASSES == pitchClass) return true;
    }
    return false;
  }

  private static boolean isRoot(int state, int pitchClass) {
    return triad(state) == AUGMENTED ? hasTone(state, pitchClass) : root(state) == pitchClass;
  }

  /**
   * By row (pitch class, by each of {@link Kernels#WHOLE} parts of a whole weight; {@link #BASS} and pitch class;
   * {@link #NO_BASS}) and state, in 512ths of a nat.
   */
  short[] matrix() { return matrix; }

  /** What a change of state costs, in 512ths of a nat. */
  int changeCost() { return changeCost; }

  /** Of a state: 0 major, 1 minor, 2 diminished, 3 sus4, 4 sus2, 5 augmented. */
  static int triad(int state) {
    return Math.min(AUGMENTED, state / CLASSES);
  }

  /** Of a state; of an augmented triad, whose tones are alike, the lowest, 0 to 3. */
  static int root(int state) {
    return state % CLASSES;
  }
}
