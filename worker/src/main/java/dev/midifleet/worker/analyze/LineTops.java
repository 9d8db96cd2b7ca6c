package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.BeatParts;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Which of some channels has the highest note of each beat that fills at least a tenth of it, whatever else sounds; of
 * channels in unison the lowest.
 */
final class LineTops {
  private static final int NONE = -1;
  private static final int LAST_CHANNEL = 15;

  private final int[] tops = new int[BeatGrid.BEATS_MAX];

  /**
   * Adds up the beats of each channel.
   *
   * @param channels
   *          those that are looked at, a bit each
   * @param beatsOfChannel
   *          gets the counts
   */
  void count(Score score, BeatGrid grid, int channels, int[] beatsOfChannel) {
    int beats = grid.count();
    Arrays.fill(tops, 0, beats, NONE);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    double unitsPerTick = BeatParts.UNITS / grid.ticks();
    double start = grid.start();
    long all = (long) beats * BeatParts.UNITS;
    for (int i = 0; i < score.noteCount(); i++) {
      int voice = voices[i];
      long from = (long) ((onsets[i] - start) * unitsPerTick + 0.5);
      if (Score.isDrum(voice) || (channels >>> Score.channel(voice) & 1) == 0 || from >= all) continue;
      long to = (long) ((ends[i] - start) * unitsPerTick + 0.5);
      raise((int) from, (int) Math.min(Math.min(from + BeatParts.NOTE_UNITS_MAX, all), to),
          (Score.pitch(voice) << 4) | (LAST_CHANNEL - Score.channel(voice)));
    }
    for (int beat = 0; beat < beats; beat++) {
      if (tops[beat] != NONE) {
        beatsOfChannel[LAST_CHANNEL - (tops[beat] & 0xF)]++;
      }
    }
  }

  private void raise(int from, int to, int note) {
    for (int begin = from - from % BeatParts.UNITS; begin < to; begin += BeatParts.UNITS) {
      if (Math.min(to, begin + BeatParts.UNITS) - Math.max(from, begin) >= BeatParts.PART_MIN) {
        tops[begin / BeatParts.UNITS] = Math.max(tops[begin / BeatParts.UNITS], note);
      }
    }
  }
}
