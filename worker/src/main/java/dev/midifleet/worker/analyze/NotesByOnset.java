package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * The notes of a file in the order of their onsets, all tracks together; notes of one onset in the order of the score. Sorted
 * once a file for all who want it. Columns as in {@link Score}: longer than {@link #count()}, not to be changed, and to be
 * taken again for each file.
 *
 * <p>A moment is a tick in which notes begin; there are often half as many as notes, so that it is they who are asked for what
 * depends on the onset alone.
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
  private int[] momentTicks = {};
  private int[] momentNotes = {};
  private int[] momentOf = {};
  private int count;
  private int moments;

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
    if (momentOf.length < count || (momentOf.length > KEEP && count <= KEEP)) {
      int room = count + (count >> 1);
      momentOf = new int[room];
      momentTicks = new int[room + 1];
      momentNotes = new int[room + 1];
    }
    findMoments();
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

  // Each note is taken for a new moment's first, which counts only if it is one: which are is hard to predict.
  private void findMoments() {
    int[] all = onsets;
    int[] toTick = momentTicks;
    int[] toNote = momentNotes;
    int[] toMoment = momentOf;
    int found = 0;
    int before = -1;
    for (int i = 0; i < count; i++) {
      int onset = all[i];
      toTick[found] = onset;
      toNote[found] = i;
      found += (before - onset) >>> (Integer.SIZE - 1);
      toMoment[i] = found - 1;
      before = onset;
    }
    moments = found;
    if (count > 0) {
      toNote[found] = count;
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
    return momentNotes[momentBefore(tick, momentOf[from])];
  }

  /** How many moments there are before a tick; at least {@code from} of them are. */
  int momentBefore(int tick, int from) {
    if (from == moments || momentTicks[from] >= tick) return from;
    int found = Arrays.binarySearch(momentTicks, from, moments, tick);
    return found >= 0 ? found : -found - 1;
  }

  /** How many different onsets there are. */
  int moments() { return moments; }

  /** By moment, in order. */
  int[] momentTicks() { return momentTicks; }

  /** By moment its first note; after the last moment {@link #count()}, if there are notes at all. */
  int[] momentNotes() {
    return momentNotes;
  }

  /** By note: the moment in which it begins. */
  int[] momentOf() { return momentOf; }

  /** Ticks, in order. */
  int[] onsets() { return onsets; }

  /** Ticks. */
  int[] ends() { return ends; }

  /** As those of the score. */
  int[] voices() { return voices; }

  /** The index of each of them in the columns of the score. */
  int[] order() { return order; }
}
