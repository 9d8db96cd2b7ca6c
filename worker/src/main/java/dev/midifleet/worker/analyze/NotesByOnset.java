package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;

/**
 * The notes of a file in the order of their onsets, all tracks together; notes of one onset in the order of the score. Sorted
 * once a file for all who want it. Its arrays are longer than {@link #count()}, and replaced when they grow.
 */
final class NotesByOnset {
  private static final int KEEP = 1 << 18;

  private final RadixSort sort = new RadixSort();
  private int[] onsets = {};
  private int[] order = {};
  private int count;

  void read(Score score) {
    if (onsets.length > KEEP) {
      onsets = new int[0];
      order = new int[0];
      sort.trim(KEEP);
    }
    count = score.noteCount();
    if (onsets.length < count) {
      onsets = new int[count + (count >> 1)];
      order = new int[onsets.length];
    }
    System.arraycopy(score.onsets(), 0, onsets, 0, count);
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    sort.sort(onsets, order, count);
  }

  int count() { return count; }

  /** Ticks, in order. */
  int[] onsets() { return onsets; }

  /** The index of each of them in the columns of the score. */
  int[] order() { return order; }
}
