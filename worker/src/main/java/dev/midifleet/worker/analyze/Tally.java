package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/** How often each pitch, velocity and program occurs among the notes of a file, track by track. */
final class Tally {
  static final int VALUES = 128;
  /** Where the counts of drums begin in those of pitches and programs. */
  static final int DRUMS = VALUES;

  private static final int DRUM_SHIFT = 13;
  /** From here up a voice has its channel, drums and program. */
  private static final int CHANNEL_SHIFT = 16;
  /** From here up its velocity, too. */
  private static final int VELOCITY_SHIFT = 8;

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
    notes = score.noteCount();
    channels = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      count(score.voices(), score.firstNote(track), score.firstNote(track + 1));
    }
    pitched = 0;
    pitchSum = 0;
    for (int pitch = 0; pitch < VALUES; pitch++) {
      pitched += pitches[pitch];
      pitchSum += (long) pitch * pitches[pitch];
    }
  }

  /** Most tracks have one program on one channel, and many one velocity too: then that is counted at once. */
  private void count(int[] voices, int from, int to) {
    if (from == to) return;
    int first = voices[from];
    int differ = differ(voices, from, to);
    if (differ >>> CHANNEL_SHIFT != 0) {
      countAll(voices, from, to);
      return;
    }
    int drum = drum(first);
    programs[drum | (Score.program(first) & (VALUES - 1))] += to - from;
    channels |= 1 << Score.channel(first);
    if (differ >>> VELOCITY_SHIFT != 0) {
      countPitchesAndVelocities(voices, from, to, drum);
    } else {
      velocities[Score.velocity(first)] += to - from;
      countPitches(voices, from, to, drum);
    }
  }

  /** The bits that are not the same in all voices. */
  private static int differ(int[] voices, int from, int to) {
    int first = voices[from];
    int differ = 0;
    for (int i = from; i < to; i++) {
      differ |= voices[i] ^ first;
    }
    return differ;
  }

  private void countAll(int[] voices, int from, int to) {
    int met = 0;
    for (int i = from; i < to; i++) {
      int voice = voices[i];
      int drum = drum(voice);
      pitches[drum | Score.pitch(voice)]++;
      velocities[Score.velocity(voice)]++;
      programs[drum | (Score.program(voice) & (VALUES - 1))]++;
      met |= 1 << Score.channel(voice);
    }
    channels |= met;
  }

  private void countPitchesAndVelocities(int[] voices, int from, int to, int drum) {
    for (int i = from; i < to; i++) {
      pitches[drum | Score.pitch(voices[i])]++;
      velocities[Score.velocity(voices[i])]++;
    }
  }

  private void countPitches(int[] voices, int from, int to, int drum) {
    for (int i = from; i < to; i++) {
      pitches[drum | Score.pitch(voices[i])]++;
    }
  }

  /** Where the counts of the voice's kind begin: 0, or {@link #DRUMS}. */
  private static int drum(int voice) {
    return (voice & Score.DRUM) >>> DRUM_SHIFT;
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
