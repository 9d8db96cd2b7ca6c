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
  /** The score's own where its tracks follow each other in time, as most do in files of one track with notes. */
  private int[] onsets = {};
  private int[] ends = {};
  private int[] voices = {};
  private int[] order = {};
  /** Those of files whose tracks overlap. */
  private int[] sortedOnsets = {};
  private int[] sortedEnds = {};
  private int[] sortedVoices = {};
  private int[] sortedOrder = {};
  private int[] scoreOrder = {};
  private int count;

  void read(Score score) {
    if (sortedOnsets.length > KEEP) {
      reserve(0);
      sort.trim(KEEP);
    }
    if (scoreOrder.length > KEEP) {
      scoreOrder = new int[0];
    }
    count = score.noteCount();
    if (isInOrder(score)) {
      takeAsTheyAre(score);
    } else {
      sort(score);
    }
  }

  /** Of tracks that are in order each, the last note of one and the first of the next tell. */
  private static boolean isInOrder(Score score) {
    int[] all = score.onsets();
    for (int track = 1; track < score.trackCount(); track++) {
      int first = score.firstNote(track);
      if (first > 0 && first < score.noteCount() && all[first] < all[first - 1]) return false;
    }
    return true;
  }

  private void takeAsTheyAre(Score score) {
    if (scoreOrder.length < count) {
      scoreOrder = new int[count + (count >> 1)];
      Arrays.setAll(scoreOrder, i -> i);
    }
    onsets = score.onsets();
    ends = score.ends();
    voices = score.voices();
    order = scoreOrder;
  }

  private void sort(Score score) {
    if (sortedOnsets.length < count) {
      reserve(count + (count >> 1));
    }
    onsets = sortedOnsets;
    ends = sortedEnds;
    voices = sortedVoices;
    order = sortedOrder;
    sort.order(score.onsets(), count, order);
    gather(score.onsets(), score.ends(), score.voices());
  }

  private void gather(int[] fromOnsets, int[] fromEnds, int[] fromVoices) {
    int[] at = order;
    int[] toOnsets = onsets;
    int[] toEnds = ends;
    int[] toVoices = voices;
    for (int i = 0; i < count; i++) {
      int note = at[i];
      toOnsets[i] = fromOnsets[note];
      toEnds[i] = fromEnds[note];
      toVoices[i] = fromVoices[note];
    }
  }

  private void reserve(int room) {
    sortedOnsets = new int[room];
    sortedEnds = new int[room];
    sortedVoices = new int[room];
    sortedOrder = new int[room];
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
