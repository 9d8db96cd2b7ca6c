package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * What sounds in each beat of a {@link BeatGrid}, drums out: the pitch classes by length times velocity, and the
 * lowest and the highest note that fill at least a tenth of it. A note sounds for at most 16 beats here: what is longer
 * hangs, or is a drone that says nothing of the chord. Times are rounded to 1/1024 of a beat: sums of whole numbers are the
 * same in any order.
 */
final class BeatPitches {
  /** Floats from one beat to the next in {@link #weights()}. */
  static final int STRIDE = 16;
  /** Of {@link #lowest} and {@link #highest} where a beat has no such note. */
  static final int NONE = -1;

  /** Parts of a beat. */
  static final int UNITS = 1024;
  /** For which a note sounds, at most. */
  static final int NOTE_UNITS_MAX = 16 * UNITS;
  /** That a note fills of a beat if it is to be its lowest or highest. */
  static final int PART_MIN = UNITS / 10;

  private static final int UNIT_BITS = 10;
  private static final int FIRST_ROOM = 1024;
  /** What only a giant file needs is given back when the next is begun; one real file in a hundred has a thousand beats. */
  private static final int KEEP = 1 << 14;

  private float[] weights = new float[FIRST_ROOM * STRIDE];
  private int[] lows = new int[FIRST_ROOM];
  private int[] highs = new int[FIRST_ROOM];

  void collect(Score score, BeatGrid grid) {
    int beats = grid.count();
    reset(beats);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    double unitsPerTick = UNITS / grid.ticks();
    double start = grid.start();
    long all = (long) beats * UNITS;
    int count = score.noteCount();
    for (int i = 0; i < count; i++) {
      int voice = voices[i];
      long from = (long) ((onsets[i] - start) * unitsPerTick + 0.5);
      if (Score.isDrum(voice) || from >= all) continue;
      long to = (long) ((ends[i] - start) * unitsPerTick + 0.5);
      add((int) from, (int) Math.min(Math.min(from + NOTE_UNITS_MAX, all), to), voice);
    }
  }

  // Half of the notes cross into the next beat, so that a branch on it would be a guess: both beats get their part, of 0 if
  // need be.
  private void add(int from, int to, int voice) {
    int pitch = Score.pitch(voice);
    int note = (pitch << 4) | Score.channel(voice);
    int pitchClass = pitch % Analysis.PITCH_CLASSES;
    int velocity = Score.velocity(voice);
    int first = from >> UNIT_BITS;
    int last = to >> UNIT_BITS;
    // -1 where it crosses, else 0.
    int crosses = (first - last) >> (Integer.SIZE - 1);
    int inFirst = Math.min(to, (first + 1) << UNIT_BITS) - from;
    int inLast = to & (UNITS - 1) & crosses;
    weights[first * STRIDE + pitchClass] += inFirst * velocity;
    weights[last * STRIDE + pitchClass] += inLast * velocity;
    bound(first, inFirst, note);
    bound(last, inLast, note);
    for (int beat = first + 1; beat < last; beat++) {
      weights[beat * STRIDE + pitchClass] += UNITS * velocity;
      bound(beat, UNITS, note);
    }
  }

  private void bound(int beat, int units, int note) {
    // -1 for a note that is not heard: no lowest, and below all highest ones.
    int mute = (units - PART_MIN) >> (Integer.SIZE - 1);
    lows[beat] = Math.min(lows[beat], note | (mute & Integer.MAX_VALUE));
    highs[beat] = Math.max(highs[beat], note | mute);
  }

  private void reset(int beats) {
    // One more than there are: a note may end where the last beat does.
    if (lows.length <= beats || (lows.length > KEEP && beats < KEEP)) {
      int room = Math.max(FIRST_ROOM, beats + 1);
      room = Math.max(room, Math.min(KEEP, room + (room >> 1)));
      weights = new float[room * STRIDE];
      lows = new int[room];
      highs = new int[room];
    }
    Arrays.fill(weights, 0, (beats + 1) * STRIDE, 0);
    Arrays.fill(lows, 0, beats + 1, Integer.MAX_VALUE);
    Arrays.fill(highs, 0, beats + 1, NONE);
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
    return lows[beat] == Integer.MAX_VALUE ? NONE : lows[beat];
  }

  /** The highest note of a beat, likewise. */
  int highest(int beat) { return highs[beat]; }

  static int pitch(int note) { return note >> 4; }

  static int channel(int note) { return note & 0xF; }
}
