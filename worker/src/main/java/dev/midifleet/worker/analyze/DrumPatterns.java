package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * How alike the drums of neighbouring bars are. One pass over the notes in the order of their onsets, and a table of the
 * last bar in which each key was hit in each place: a note that finds its own bar there is a repetition, one that finds the
 * bar before is shared. Reused.
 */
final class DrumPatterns {
  private static final int KEY_BITS = 7;
  private static final int KEEP = 1 << 16;

  /** By place and key from 1 on; cell 0 is for all that are no drums. Numbers of bars that go on from file to file. */
  private int[] lastHit = {};
  private int firstBar;
  private int nextBar = 2;

  /** Mean of shared / all (place, key) of neighbouring bars, where either has any; NaN where none has. */
  double consistency(NotesByOnset notes, BarGrid grid) {
    prepare(grid);
    int[] slots = grid.slotsByOnset();
    int[] voices = notes.voices();
    double sum = 0;
    int pairs = 0;
    int before = 0;
    for (int bar = 0; bar < grid.size(); bar++) {
      int start = grid.start(bar);
      int number = firstBar + bar;
      int hits = 0;
      int shared = 0;
      int end = grid.firstNote(bar + 1);
      for (int i = grid.firstNote(bar); i < end; i++) {
        int drum = Score.drumMask(voices[i]);
        int cell = ((((slots[i] - start) << KEY_BITS) | Score.pitch(voices[i])) + 1) & drum;
        int since = number - lastHit[cell];
        lastHit[cell] = number;
        hits -= (-since >> (Integer.SIZE - 1)) & drum;
        shared += (((since ^ 1) - 1) >>> (Integer.SIZE - 1)) & drum;
      }
      int all = before + hits - shared;
      before = hits;
      if (bar == 0 || all == 0) continue;
      sum += (double) shared / all;
      pairs++;
    }
    return pairs > 0 ? sum / pairs : Double.NaN;
  }

  private void prepare(BarGrid grid) {
    int longest = 0;
    for (int bar = 0; bar < grid.size(); bar++) {
      longest = Math.max(longest, grid.start(bar + 1) - grid.start(bar));
    }
    int room = (longest << KEY_BITS) + 1;
    if (lastHit.length < room || (lastHit.length > KEEP && room <= KEEP)) {
      lastHit = new int[room];
    }
    // Never the number after a bar of the file before.
    firstBar = nextBar;
    if (firstBar > Integer.MAX_VALUE - 2 * BarGrid.BARS_MAX) {
      Arrays.fill(lastHit, 0);
      firstBar = 2;
    }
    nextBar = firstBar + grid.size() + 1;
  }
}
