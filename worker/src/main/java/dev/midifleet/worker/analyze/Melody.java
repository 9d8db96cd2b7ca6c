package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Which channel carries the melody, and which the bass, by the notes alone. Both are lines: channels of 8 notes or more, not
 * drums, of which at most a tenth begin while more than half of them is still covered by what sounded before on the channel.
 * The melody is the line that is most often the highest of the lines in a beat, whatever accompanies them above; the bass the
 * one that is most often the lowest of all that sounds.
 */
final class Melody {
  private static final int CHANNELS = 16;
  private static final int NOTES_MIN = 8;
  private static final int PITCHES_MIN = 3;
  private static final double CLASH_MAX = 0.1;
  private static final double MELODY_PITCH_MIN = 55;
  private static final double BASS_PITCH_MAX = 52;
  private static final double LEAD_MIN = 0.2;

  private final LineTops tops = new LineTops();
  private final int[] notes = new int[CHANNELS];
  private final int[] clashes = new int[CHANNELS];
  private final int[] until = new int[CHANNELS];
  private final long[] sums = new long[CHANNELS];
  private final long[] pitchesLow = new long[CHANNELS];
  private final long[] pitchesHigh = new long[CHANNELS];
  private final int[] highest = new int[CHANNELS];
  private final int[] lowest = new int[CHANNELS];
  private int sounding;

  /**
   * @param decoded
   *          of this score, for its beats and what sounds in them
   * @param beats
   *          how many there are, 0 without notes
   */
  void analyze(Score score, NotesByOnset byOnset, ChordDecoder decoded, int beats, Analysis into) {
    collect(byOnset);
    count(decoded.pitches(), beats);
    int lines = lines();
    if (sounding > 0 && lines != 0) {
      tops.count(score, decoded.grid(), lines, highest);
    }
    int melody = best(lines, highest, MELODY_PITCH_MIN, Double.MAX_VALUE, Analysis.UNKNOWN);
    into.melodyChannel = melody;
    into.hasMelody = melody != Analysis.UNKNOWN;
    into.melodicRange = into.hasMelody ? range(melody) : Analysis.UNKNOWN;
    into.bassChannel = best(lines, lowest, 0, BASS_PITCH_MAX, melody);
  }

  private void collect(NotesByOnset byOnset) {
    Arrays.fill(notes, 0);
    Arrays.fill(clashes, 0);
    Arrays.fill(until, 0);
    Arrays.fill(sums, 0);
    Arrays.fill(pitchesLow, 0);
    Arrays.fill(pitchesHigh, 0);
    int[] onsets = byOnset.onsets();
    int[] ends = byOnset.ends();
    int[] voices = byOnset.voices();
    for (int i = 0; i < byOnset.count(); i++) {
      int voice = voices[i];
      if (Score.isDrum(voice)) continue;
      int channel = Score.channel(voice);
      int pitch = Score.pitch(voice);
      notes[channel]++;
      sums[channel] += pitch;
      pitchesLow[channel] |= pitch < Long.SIZE ? 1L << pitch : 0;
      pitchesHigh[channel] |= pitch < Long.SIZE ? 0 : 1L << pitch;
      int covered = until[channel] - onsets[i];
      clashes[channel] += covered > (ends[i] - onsets[i]) >> 1 ? 1 : 0;
      until[channel] = Math.max(until[channel], ends[i]);
    }
  }

  private void count(BeatPitches pitches, int beats) {
    Arrays.fill(highest, 0);
    Arrays.fill(lowest, 0);
    sounding = 0;
    for (int beat = 0; beat < beats; beat++) {
      int low = pitches.lowest(beat);
      if (low == BeatPitches.NONE) continue;
      lowest[BeatPitches.channel(low)]++;
      sounding++;
    }
  }

  /** A bit for each channel that is a line. */
  private int lines() {
    int lines = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      int pitches = Long.bitCount(pitchesLow[channel]) + Long.bitCount(pitchesHigh[channel]);
      boolean isLine = notes[channel] >= NOTES_MIN && clashes[channel] <= CLASH_MAX * notes[channel];
      lines |= isLine && pitches >= PITCHES_MIN ? 1 << channel : 0;
    }
    return lines;
  }

  private int best(int lines, int[] beatsOfChannel, double pitchMin, double pitchMax, int otherThan) {
    int best = Analysis.UNKNOWN;
    int most = 0;
    for (int channel = 0; channel < CHANNELS; channel++) {
      if ((lines >>> channel & 1) == 0 || channel == otherThan) continue;
      double mean = (double) sums[channel] / notes[channel];
      boolean isLeading = beatsOfChannel[channel] > most && beatsOfChannel[channel] >= LEAD_MIN * sounding;
      if (isLeading && mean >= pitchMin && mean <= pitchMax) {
        best = channel;
        most = beatsOfChannel[channel];
      }
    }
    return best;
  }

  private int range(int channel) {
    long low = pitchesLow[channel];
    long high = pitchesHigh[channel];
    int bottom = low != 0 ? Long.numberOfTrailingZeros(low) : Long.SIZE + Long.numberOfTrailingZeros(high);
    int top = high != 0
        ? 2 * Long.SIZE - 1 - Long.numberOfLeadingZeros(high)
        : Long.SIZE - 1 - Long.numberOfLeadingZeros(low);
    return top - bottom;
  }
}
