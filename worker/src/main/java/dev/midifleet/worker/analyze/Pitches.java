package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;

/** Counts of notes, pitches (drums out) and velocities (all notes). */
final class Pitches {
  private static final int VELOCITY_SHIFT = 8;

  private final Kernels kernels;
  private final long[] sums = new long[2];

  Pitches(Kernels kernels) { this.kernels = kernels; }

  void analyze(Score score, Extent extent, Analysis into) {
    int count = score.noteCount();
    int[] voices = score.voices();
    int drums = 0;
    long pitchesLow = 0;
    long pitchesHigh = 0;
    long velocitiesLow = 0;
    long velocitiesHigh = 0;
    for (int i = 0; i < count; i++) {
      int voice = voices[i];
      int velocity = Score.velocity(voice);
      velocitiesLow |= velocity < 64 ? 1L << velocity : 0;
      velocitiesHigh |= velocity < 64 ? 0 : 1L << velocity;
      int pitch = Score.pitch(voice);
      boolean isDrum = Score.isDrum(voice);
      drums += isDrum ? 1 : 0;
      pitchesLow |= isDrum || pitch >= 64 ? 0 : 1L << pitch;
      pitchesHigh |= isDrum || pitch < 64 ? 0 : 1L << pitch;
    }
    into.totalNotes = count;
    into.drumNotes = drums;
    into.uniquePitches = Long.bitCount(pitchesLow) + Long.bitCount(pitchesHigh);
    into.pitchRangeMin = lowest(pitchesLow, pitchesHigh);
    into.pitchRangeMax = highest(pitchesLow, pitchesHigh);
    into.velocityDistinct = Long.bitCount(velocitiesLow) + Long.bitCount(velocitiesHigh);
    into.noteDensity = extent.seconds() > 0 ? count / extent.seconds() : Double.NaN;
    velocities(voices, count, into);
  }

  private void velocities(int[] voices, int count, Analysis into) {
    if (count == 0) {
      into.avgVelocity = Double.NaN;
      into.velocitySd = Double.NaN;
      return;
    }
    kernels.fieldSums(voices, count, VELOCITY_SHIFT, sums);
    double mean = (double) sums[0] / count;
    into.avgVelocity = mean;
    into.velocitySd = Math.sqrt(Math.max(0, (double) sums[1] / count - mean * mean));
  }

  private static int lowest(long low, long high) {
    if (low != 0) return Long.numberOfTrailingZeros(low);
    return high == 0 ? Analysis.UNKNOWN : 64 + Long.numberOfTrailingZeros(high);
  }

  private static int highest(long low, long high) {
    if (high != 0) return 127 - Long.numberOfLeadingZeros(high);
    return low == 0 ? Analysis.UNKNOWN : 63 - Long.numberOfLeadingZeros(low);
  }
}
