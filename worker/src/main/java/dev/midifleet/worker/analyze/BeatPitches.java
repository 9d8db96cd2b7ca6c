package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.BeatParts;
import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * What sounds in each beat of a {@link BeatGrid}, drums out: the pitch classes by length times velocity, and the
 * lowest note that fills at least a tenth of it, with the limits of {@link BeatParts}.
 */
final class BeatPitches {
  /** Floats from one beat to the next in {@link #weights()}. */
  static final int STRIDE = BeatParts.STRIDE;
  /** Of {@link #lowest} where a beat has no such note. */
  static final int NONE = -1;

  private static final int FIRST_ROOM = 1024;
  /** What only a giant file needs is given back when the next is begun; one real file in a hundred has a thousand beats. */
  private static final int KEEP = 1 << 14;

  private final Kernels kernels;
  private final BeatParts parts = new BeatParts();
  private float[] weights = new float[FIRST_ROOM * STRIDE];
  private int[] lows = new int[FIRST_ROOM];

  BeatPitches(Kernels kernels) { this.kernels = kernels; }

  void collect(Score score, BeatGrid grid) {
    int beats = grid.count();
    reset(beats);
    parts.setBeats(grid.start(), grid.ticks(), beats);
    int notes = score.noteCount();
    for (int from = 0; from < notes; from += BeatParts.ROOM) {
      int count = Math.min(BeatParts.ROOM, notes - from);
      kernels.parts(score.onsets(), score.ends(), score.voices(), from, count, parts);
      add(score.voices(), from, count);
    }
  }

  // Half of the notes cross into the next beat, so that a branch on it would be a guess: both beats get their part, of 0 if
  // need be.
  private void add(int[] voices, int from, int count) {
    float[] intoWeights = weights;
    int[] intoLows = lows;
    int[] rows = parts.rows();
    int[] ends = parts.ends();
    float[] inFirst = parts.weights();
    float[] inNext = parts.weightsNext();
    int[] heard = parts.heard();
    int[] heardNext = parts.heardNext();
    for (int i = 0; i < count; i++) {
      int row = rows[i];
      if (row < 0) continue;
      int beat = row / STRIDE;
      intoWeights[row] += inFirst[i];
      intoWeights[row + STRIDE] += inNext[i];
      intoLows[beat] = Math.min(intoLows[beat], heard[i]);
      intoLows[beat + 1] = Math.min(intoLows[beat + 1], heardNext[i]);
      if (ends[i] > (beat + 2) * BeatParts.UNITS) {
        addFurther(voices[from + i], row + 2 * STRIDE, ends[i]);
      }
    }
  }

  private void addFurther(int voice, int fromRow, int end) {
    int note = (Score.pitch(voice) << 4) | Score.channel(voice);
    int velocity = Score.velocity(voice);
    int row = fromRow;
    for (int left = end - row / STRIDE * BeatParts.UNITS; left > 0; left -= BeatParts.UNITS) {
      int units = Math.min(left, BeatParts.UNITS);
      weights[row] += units * velocity;
      lows[row / STRIDE] = Math.min(lows[row / STRIDE], BeatParts.heard(note, units));
      row += STRIDE;
    }
  }

  private void reset(int beats) {
    // One more than there are: a note may end where the last beat does.
    if (lows.length <= beats || (lows.length > KEEP && beats < KEEP)) {
      int room = Math.max(FIRST_ROOM, beats + 1);
      room = Math.max(room, Math.min(KEEP, room + (room >> 1)));
      weights = new float[room * STRIDE];
      lows = new int[room];
    }
    Arrays.fill(weights, 0, (beats + 1) * STRIDE, 0);
    Arrays.fill(lows, 0, beats + 1, BeatParts.MUTE);
  }

  /** By beat and pitch class. */
  float[] weights() { return weights; }

  /** Of all pitch classes in a beat, added in their order. */
  float sum(int beat) {
    int from = beat * STRIDE;
    float sum = 0;
    for (int i = 0; i < Analysis.PITCH_CLASSES; i++) {
      sum += weights[from + i];
    }
    return sum;
  }

  /** The lowest note of a beat: its pitch from bit 4 on, its channel below; or {@link #NONE}. */
  int lowest(int beat) {
    return lows[beat] == BeatParts.MUTE ? NONE : lows[beat];
  }

  static int pitch(int note) { return note >> 4; }

  static int channel(int note) { return note & 0xF; }
}
