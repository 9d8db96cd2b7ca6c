package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * What sounds in each beat of a {@link BeatGrid}, drums out: the pitch classes by length (in beats) times velocity, and the
 * lowest and the highest note that fill at least a tenth of it. A note sounds for at most 16 beats here: what is longer
 * hangs, or is a drone that says nothing of the chord.
 */
final class BeatPitches {
  /** Floats from one beat to the next in {@link #weights()}. */
  static final int STRIDE = 16;
  /** Of {@link #lowest} and {@link #highest} where a beat has no such note. */
  static final int NONE = -1;

  private static final int NOTE_BEATS_MAX = 16;
  private static final double PART_MIN = 0.1;
  private static final int KEEP = 1024;

  private float[] weights = new float[KEEP * STRIDE];
  private int[] lows = new int[KEEP];
  private int[] highs = new int[KEEP];

  void collect(Score score, BeatGrid grid) {
    int beats = grid.count();
    reset(beats);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    double perTick = 1 / grid.ticks();
    double start = grid.start();
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      double from = (onsets[i] - start) * perTick;
      if (Score.isDrum(voice) || from >= beats) continue;
      double to = Math.min(Math.min(from + NOTE_BEATS_MAX, beats), (ends[i] - start) * perTick);
      add(Math.max(0, from), to, voice);
    }
  }

  private void add(double from, double to, int voice) {
    int pitch = Score.pitch(voice);
    int note = (pitch << 4) | Score.channel(voice);
    int pitchClass = pitch % Analysis.PITCH_CLASSES;
    int velocity = Score.velocity(voice);
    for (int beat = (int) from; beat < to; beat++) {
      double part = Math.min(to, beat + 1.0) - Math.max(from, beat);
      weights[beat * STRIDE + pitchClass] += (float) (part * velocity);
      if (part >= PART_MIN) {
        lows[beat] = Math.min(lows[beat], note);
        highs[beat] = Math.max(highs[beat], note);
      }
    }
  }

  private void reset(int beats) {
    if (lows.length < beats || (lows.length > KEEP && beats <= KEEP)) {
      int room = Math.max(KEEP, beats);
      weights = new float[room * STRIDE];
      lows = new int[room];
      highs = new int[room];
    }
    Arrays.fill(weights, 0, beats * STRIDE, 0);
    Arrays.fill(lows, 0, beats, Integer.MAX_VALUE);
    Arrays.fill(highs, 0, beats, NONE);
  }

  /** By beat and pitch class. */
  float[] weights() { return weights; }

  /** The lowest note of a beat: its pitch from bit 4 on, its channel below; or {@link #NONE}. */
  int lowest(int beat) {
    return lows[beat] == Integer.MAX_VALUE ? NONE : lows[beat];
  }

  /** The highest note of a beat, likewise. */
  int highest(int beat) { return highs[beat]; }

  static int pitch(int note) { return note >> 4; }

  static int channel(int note) { return note & 0xF; }
}
