package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;

/**
 * From where to where the notes of a file reach: from the first note's beginning to the end of the one that ends last, in
 * ticks and in seconds. Reused; all 0 without notes.
 */
final class Extent {
  private final Kernels kernels;
  private int firstTick;
  private int lastTick;
  private double firstSecond;
  private double lastSecond;

  Extent(Kernels kernels) { this.kernels = kernels; }

  void measure(Score score) {
    firstTick = 0;
    lastTick = 0;
    if (score.noteCount() > 0) {
      firstTick = Integer.MAX_VALUE;
      for (int track = 0; track < score.trackCount(); track++) {
        int first = score.firstNote(track);
        if (first < score.firstNote(track + 1)) {
          firstTick = Math.min(firstTick, score.onsets()[first]);
        }
      }
      lastTick = kernels.max(score.ends(), score.noteCount());
    }
    firstSecond = score.tempoMap().secondsAt(firstTick);
    lastSecond = score.tempoMap().secondsAt(lastTick);
  }

  int firstTick() { return firstTick; }

  int lastTick() { return lastTick; }

  double firstSecond() { return firstSecond; }

  double lastSecond() { return lastSecond; }

  double seconds() { return lastSecond - firstSecond; }
}
