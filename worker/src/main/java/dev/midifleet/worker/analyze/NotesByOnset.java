package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The notes of a file in the order of their onsets, all tracks together; notes of one onset in the order of the score. Sorted
 * once a file for all who want it. Columns as in {@link Score}: longer than {@link #count()}, not to be changed, and to be
 * taken again for each file.
 */
final class NotesByOnset {
  private static final int KEEP = 1 << 18;

  private final RadixSort sort = new RadixSort();
  private int[] onsets = {};
  private int[] ends = {};
  private int[] voices = {};
  private int[] order = {};
  private int count;

  void read(Score score) {
    if (onsets.length > KEEP) {
      onsets = new int[0];
      ends = new int[0];
      voices = new int[0];
      order = new int[0];
      sort.trim(KEEP);
    }
    count = score.noteCount();
    if (onsets.length < count) {
      onsets = new int[count + (count >> 1)];
      ends = new int[onsets.length];
      voices = new int[onsets.length];
      order = new int[onsets.length];
    }
    System.arraycopy(score.onsets(), 0, onsets, 0, count);
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    sort.sort(onsets, order, count);
    int[] fromEnds = score.ends();
    int[] fromVoices = score.voices();
    for (int i = 0; i < count; i++) {
      ends[i] = fromEnds[order[i]];
      voices[i] = fromVoices[order[i]];
    }
  }

  int count() { return count; }

  /** How many begin before a tick; at least {@code from} of them do. */
  int before(int tick, int from) {
    if (from == count || onsets[from] >= tick) return from;
    int found = Arrays.binarySearch(onsets, from, count, tick);
    int place = found >= 0 ? found : -found - 1;
    while (place > from && onsets[place - 1] == tick) {
      place--;
    }
    return place;
  }

  /** Ticks, in order. */
  int[] onsets() { return onsets; }

  /** Ticks. */
  int[] ends() { return ends; }

  /** As those of the score. */
  int[] voices() { return voices; }

  /** The index of each of them in the columns of the score. */
  int[] order() { return order; }
}
