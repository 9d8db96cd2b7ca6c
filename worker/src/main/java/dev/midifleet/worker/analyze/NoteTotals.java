package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;

/** Sums over all notes that several facts share. Reused. */
final class NoteTotals {
  private static final double LONG_SECONDS = 30;

  private long pitchedTicks;
  private long pitchSum;
  private int pitched;
  private int lengthless;
  private int longs;

  void measure(Score score, Extent extent, Tally tally) {
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int count = score.noteCount();
    int most = longTicks(extent);
    int none = 0;
    int above = 0;
    for (int i = 0; i < count; i++) {
      int length = ends[i] - onsets[i];
      none += (length - 1) >>> (Integer.SIZE - 1);
      above += (most - length) >>> (Integer.SIZE - 1);
    }
    // Longs on their own: loops over one type become vectors.
    long ticks = 0;
    for (int i = 0; i < count; i++) {
      ticks += (ends[i] - onsets[i]) & ~Score.drumMask(voices[i]);
    }
    pitchedTicks = ticks;
    pitchSum = tally.pitchSum();
    pitched = tally.pitched();
    lengthless = none;
    longs = above;
  }

  private static int longTicks(Extent extent) {
    double ticks = (double) extent.lastTick() - extent.firstTick();
    double most = extent.seconds() > LONG_SECONDS ? LONG_SECONDS * ticks / extent.seconds() : ticks;
    return (int) Math.min(Integer.MAX_VALUE, most);
  }

  /** Notes that are no drums. */
  int pitched() { return pitched; }

  /** How long they are together, in ticks. */
  long pitchedTicks() { return pitchedTicks; }

  /** Their mean pitch; 0 without any. */
  float meanPitch() {
    return pitched > 0 ? (float) ((double) pitchSum / pitched) : 0;
  }

  /** Notes that end where they begin. */
  int lengthless() { return lengthless; }

  /** Notes over 30 s at the file's mean tempo. */
  int longs() { return longs; }
}
