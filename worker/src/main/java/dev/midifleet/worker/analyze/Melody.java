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
  private static final int PITCHES = Tally.VALUES;
  /** Of a voice: its channel, and the bit of drums above it. */
  private static final int CHANNEL_SHIFT = 16;

  private final LineTops tops = new LineTops();
  /** How often a channel has each pitch; after all channels the same of their drums, which nobody asks for. */
  private final int[] pitches = new int[2 * CHANNELS * PITCHES];
  /** Of channels and their drums likewise: how many notes begin while more than half of them is covered. */
  private final int[] clashes = new int[2 * CHANNELS];
  /** Likewise where what sounded so far ends. */
  private final int[] until = new int[2 * CHANNELS];
  private final int[] notes = new int[CHANNELS];
  private final long[] sums = new long[CHANNELS];
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

  // Drums lie between other notes as chance has it: they are counted too, for a branch on them would be a guess.
  private void collect(NotesByOnset byOnset) {
    int[] intoPitches = pitches;
    int[] intoClashes = clashes;
    int[] intoUntil = until;
    Arrays.fill(intoPitches, 0, CHANNELS * PITCHES, 0);
    Arrays.fill(intoClashes, 0);
    Arrays.fill(intoUntil, 0);
    int count = byOnset.count();
    int[] onsets = byOnset.onsets();
    int[] ends = byOnset.ends();
    int[] voices = byOnset.voices();
    int met = 0;
    for (int i = 0; i < count; i++) {
      int voice = voices[i];
      int channel = (voice >>> CHANNEL_SHIFT) & (2 * CHANNELS - 1);
      met |= 1 << channel;
      intoPitches[channel * PITCHES | Score.pitch(voice)]++;
      int onset = onsets[i];
      int end = ends[i];
      int covered = intoUntil[channel];
      // Below 0 if more than half is covered.
      int free = ((end - onset) >> 1) - (covered - onset);
      intoClashes[channel] += free >>> (Integer.SIZE - 1);
      intoUntil[channel] = Math.max(covered, end);
    }
    total(met);
  }

  private void total(int met) {
    Arrays.fill(notes, 0);
    Arrays.fill(sums, 0);
    for (int left = met & (1 << CHANNELS) - 1; left != 0; left &= left - 1) {
      int channel = Integer.numberOfTrailingZeros(left);
      int count = 0;
      long sum = 0;
      for (int pitch = 0; pitch < PITCHES; pitch++) {
        int ofPitch = pitches[channel * PITCHES + pitch];
        count += ofPitch;
        sum += (long) pitch * ofPitch;
      }
      notes[channel] = count;
      sums[channel] = sum;
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
      boolean isLine = notes[channel] >= NOTES_MIN && clashes[channel] <= CLASH_MAX * notes[channel];
      lines |= isLine && distinct(channel) >= PITCHES_MIN ? 1 << channel : 0;
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

  private int distinct(int channel) {
    int distinct = 0;
    for (int pitch = 0; pitch < PITCHES; pitch++) {
      distinct += pitches[channel * PITCHES + pitch] != 0 ? 1 : 0;
    }
    return distinct;
  }

  private int range(int channel) {
    int bottom = channel * PITCHES;
    while (pitches[bottom] == 0) {
      bottom++;
    }
    int top = (channel + 1) * PITCHES - 1;
    while (pitches[top] == 0) {
      top--;
    }
    return top - bottom;
  }
}
