package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/** How often each pitch, velocity and program occurs among the notes of a file, in one walk over them. */
final class Tally {
  static final int VALUES = 128;
  /** Where the counts of drums begin in those of pitches and programs. */
  static final int DRUMS = VALUES;

  private static final int DRUM_SHIFT = 13;

  private final int[] pitches = new int[2 * VALUES];
  private final int[] velocities = new int[VALUES];
  private final int[] programs = new int[2 * VALUES];
  private int channels;
  private int notes;
  private int pitched;
  private long pitchSum;

  void count(Score score) {
    Arrays.fill(pitches, 0);
    Arrays.fill(velocities, 0);
    Arrays.fill(programs, 0);
    int[] voices = score.voices();
    int met = 0;
    notes = score.noteCount();
    for (int i = 0; i < notes; i++) {
      int voice = voices[i];
      int drum = (voice & Score.DRUM) >>> DRUM_SHIFT;
      pitches[drum | Score.pitch(voice)]++;
      velocities[Score.velocity(voice)]++;
      programs[drum | (Score.program(voice) & (VALUES - 1))]++;
      met |= 1 << Score.channel(voice);
    }
    channels = met;
    pitched = 0;
    pitchSum = 0;
    for (int pitch = 0; pitch < VALUES; pitch++) {
      pitched += pitches[pitch];
      pitchSum += (long) pitch * pitches[pitch];
    }
  }

  /** By pitch, then by drum key. */
  int[] pitches() { return pitches; }

  /** Of all notes. */
  int[] velocities() { return velocities; }

  /** By program; those of drums after {@link #DRUMS}. */
  int[] programs() { return programs; }

  /** A bit for each channel that has a note. */
  int channels() { return channels; }

  /** All notes. */
  int notes() { return notes; }

  /** Those that are not drums. */
  int pitched() { return pitched; }

  /** Of the pitches of those. */
  long pitchSum() { return pitchSum; }

  /** Which of 64 counts are not 0, a bit each. */
  static long bits(int[] counts, int from) {
    long bits = 0;
    for (int i = 0; i < Long.SIZE; i++) {
      bits |= (counts[from + i] != 0 ? 1L : 0) << i;
    }
    return bits;
  }
}
