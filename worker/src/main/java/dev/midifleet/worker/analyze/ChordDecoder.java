package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The triad of each beat: the path of states through the beats of a {@link BeatGrid} that a {@link ChordModel} likes best,
 * each change of state at the same cost (Viterbi). Evidence of a beat: the square roots of its pitch classes' shares of
 * length times velocity, over all of them of length 1, and its lowest note. A beat in which nothing sounds has none; up to
 * two such beats in a row belong to the chord before, more are no chord.
 *
 * <p>Whole numbers only, so that scalar and vector kernels agree to the last chord. Of equally good states the lowest is the
 * best. What a state's score was before each beat is kept: the way back looks for the best one only where it changes.
 */
public final class ChordDecoder {
  /** No chord. */
  public static final int NONE = -1;

  private static final int STATES = ChordModel.STATES;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int REST_MAX = 2;
  /** Three pitch classes sound in a chord, or more. */
  private static final int CHORD_CLASSES_MIN = 3;
  private static final int FIRST_ROOM = 512;

  private final Kernels kernels;
  private final ChordModel model;
  private final Extent extent;
  private final BeatGrid grid = new BeatGrid();
  private final BeatPitches pitches;
  private final int[] weights = new int[Kernels.ROW];
  /** Of each state before each beat that sounds, in their order, and after the last, less the best before the beat before. */
  private short[] scores = new short[FIRST_ROOM * STATES];
  /** The greatest of each of these rows. */
  private final short[] bests = new short[BeatGrid.BEATS_MAX + 1];
  private final int[] states = new int[BeatGrid.BEATS_MAX];
  private int soundingBeats;
  private int chordalBeats;

  public ChordDecoder(Kernels kernels, ChordModel model) {
    this.kernels = kernels;
    this.model = model;
    this.extent = new Extent(kernels);
    this.pitches = new BeatPitches(kernels);
  }

  /** Decodes a score; returns its number of beats, 0 without notes. */
  public int decode(Score score) {
    extent.measure(score);
    return decode(score, extent);
  }

  int decode(Score score, Extent ofScore) {
    if (score.noteCount() == 0) return 0;
    grid.measure(score, ofScore);
    pitches.collect(score, grid);
    forward();
    silence();
    return grid.count();
  }

  BeatGrid grid() { return grid; }

  BeatPitches pitches() { return pitches; }

  /** Where a beat begins, in ticks. */
  public int tick(int beat) { return grid.tick(beat); }

  /** The pitch of the lowest note of a beat, -1 where there is none. */
  public int bass(int beat) {
    return pitches.lowest(beat) == BeatPitches.NONE ? -1 : BeatPitches.pitch(pitches.lowest(beat));
  }

  /** The state of a beat, or {@link #NONE}. */
  public int state(int beat) { return states[beat]; }

  /** Beats in which anything sounds. */
  int soundingBeats() { return soundingBeats; }

  /** Beats in which three pitch classes or more sound. */
  int chordalBeats() { return chordalBeats; }

  private void forward() {
    int beats = grid.count();
    if (scores.length <= beats * STATES) {
      scores = new short[(beats + 1 + (beats >> 1)) * STATES];
    }
    Arrays.fill(scores, 0, STATES, (short) 0);
    float[] all = pitches.weights();
    short[] matrix = model.matrix();
    int cost = model.changeCost();
    int best = 0;
    int row = 0;
    int chordal = 0;
    for (int beat = 0; beat < beats; beat++) {
      float sum = pitches.sum(beat);
      states[beat] = NONE;
      if (sum <= 0) continue;
      states[beat] = 0;
      int classes = kernels.shares(all, beat * BeatPitches.STRIDE, sum, weights);
      chordal += classes >= CHORD_CLASSES_MIN ? 1 : 0;
      bests[row] = (short) best;
      best = kernels.relax(scores, row * STATES, best, cost, matrix, base(beat), weights);
      row++;
    }
    bests[row] = (short) best;
    soundingBeats = row;
    chordalBeats = chordal;
    backward(cost);
  }

  private int base(int beat) {
    int low = pitches.lowest(beat);
    return low == BeatPitches.NONE ? ChordModel.NO_BASS : ChordModel.BASS + BeatPitches.pitch(low) % CLASSES;
  }

  private void backward(int cost) {
    int row = soundingBeats;
    int state = bestOf(row);
    for (int beat = grid.count() - 1; beat >= 0; beat--) {
      if (states[beat] == NONE) continue;
      states[beat] = state;
      row--;
      if (scores[row * STATES + state] < bests[row] - cost) {
        state = bestOf(row);
      }
    }
  }

  private int bestOf(int row) {
    int state = 0;
    while (scores[row * STATES + state] != bests[row]) {
      state++;
    }
    return state;
  }

  private void silence() {
    int sounded = NONE;
    for (int beat = 0; beat < grid.count(); beat++) {
      if (states[beat] != NONE) {
        if (sounded != NONE && beat - sounded - 1 <= REST_MAX) {
          Arrays.fill(states, sounded + 1, beat, states[sounded]);
        }
        sounded = beat;
      }
    }
  }
}
