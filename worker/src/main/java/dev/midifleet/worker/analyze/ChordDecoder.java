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
 * <p>Whole numbers only, so that scalar and vector kernels agree to the last chord.
 */
public final class ChordDecoder {
  /** No chord. */
  public static final int NONE = -1;

  private static final int STATES = ChordModel.STATES;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int EVIDENCE_MAX = CLASSES + 1;
  private static final int REST_MAX = 2;
  /** What the best score is brought back to when it has gone too far: a multiple of the states, far from overflow. */
  private static final int LEVEL = 1 << 29;
  private static final int DRIFT_MAX = 1 << 28;

  private final Kernels kernels;
  private final ChordModel model;
  private final Extent extent;
  private final BeatGrid grid = new BeatGrid();
  private final BeatPitches pitches = new BeatPitches();
  private final int[] scores = new int[STATES + 1];
  private final int[] rows = new int[EVIDENCE_MAX];
  private final int[] weights = new int[EVIDENCE_MAX];
  private final long[] changed = new long[BeatGrid.BEATS_MAX];
  private final byte[] bestBefore = new byte[BeatGrid.BEATS_MAX];
  private final int[] states = new int[BeatGrid.BEATS_MAX];

  public ChordDecoder(Kernels kernels, ChordModel model) {
    this.kernels = kernels;
    this.model = model;
    this.extent = new Extent(kernels);
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

  /**
   * What a beat says: how many of {@code intoRows} and {@code intoWeights} were set, each to a row of a {@link ChordModel}
   * and its weight in parts of 256; 0 where nothing sounds.
   */
  public int evidence(int beat, int[] intoRows, int[] intoWeights) {
    float[] all = pitches.weights();
    int from = beat * BeatPitches.STRIDE;
    float sum = 0;
    for (int i = 0; i < CLASSES; i++) {
      sum += all[from + i];
    }
    if (sum <= 0) return 0;
    int count = 0;
    double scale = (double) ChordModel.WEIGHT_ONE * ChordModel.WEIGHT_ONE / sum;
    // Which classes sound is hard to predict: every one is written, and the next one over it where it does not.
    for (int i = 0; i < CLASSES; i++) {
      intoRows[count] = i;
      intoWeights[count] = (int) (Math.sqrt(all[from + i] * scale) + 0.5);
      count += all[from + i] > 0 ? 1 : 0;
    }
    int low = pitches.lowest(beat);
    intoRows[count] = low == BeatPitches.NONE
        ? ChordModel.NO_BASS
        : ChordModel.BASS + BeatPitches.pitch(low) % CLASSES;
    intoWeights[count++] = ChordModel.WEIGHT_ONE;
    return count;
  }

  private void forward() {
    for (int state = 0; state < STATES; state++) {
      scores[state] = LEVEL + STATES - 1 - state;
    }
    int best = LEVEL;
    for (int beat = 0; beat < grid.count(); beat++) {
      int count = evidence(beat, rows, weights);
      states[beat] = count == 0 ? NONE : 0;
      if (count == 0) continue;
      bestBefore[beat] = (byte) stateOf(best);
      int floor = (best & -STATES) - model.changeCost();
      changed[beat] = kernels.relax(scores, floor, model.matrix(), rows, weights, count);
      best = levelled(scores[STATES]);
    }
    backward(stateOf(best));
  }

  private static int stateOf(int score) { return STATES - 1 - (score & (STATES - 1)); }

  private int levelled(int best) {
    int excess = (best & -STATES) - LEVEL;
    if (Math.abs(excess) < DRIFT_MAX) return best;
    for (int state = 0; state < STATES; state++) {
      scores[state] -= excess;
    }
    return best - excess;
  }

  private void backward(int lastState) {
    int state = lastState;
    for (int beat = grid.count() - 1; beat >= 0; beat--) {
      if (states[beat] == NONE) continue;
      states[beat] = state;
      if ((changed[beat] >>> state & 1) != 0) {
        state = bestBefore[beat];
      }
    }
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
