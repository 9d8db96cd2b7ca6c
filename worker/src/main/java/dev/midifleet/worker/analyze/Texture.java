package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.Arrays;

/**
 * How many notes sound at once, drums out, all tracks together. A note that ends where another begins does not overlap it, and
 * a note of no length does not sound.
 *
 * <p>In the order of onsets the two latest ends so far tell what a note adds to the time in which one note or more, and two
 * or more, sound; for the most at once each end looks for the onset that follows it.
 */
final class Texture {
  private static final int KEEP = 1 << 18;
  private static final int RANK_BITS = 12;
  /** Onsets that are looked at one by one. */
  private static final int NEAR = 8;
  /** Of the time to the last end, where there are several tempi. */
  private static final double PARTS = 0x1p50;

  private int[] begins = {};
  private int[] ends = {};
  /** By onset: notes that have ended since the one before. */
  private int[] ended = {};
  /** By stretch of time: the onsets before it. */
  private final int[] ranks = new int[(1 << RANK_BITS) + 1];
  private int shift;
  /** Begins and ends in turn, in ticks where there is one tempo, else in parts of the last end. */
  private long[] times = {};

  void analyze(NotesByOnset notes, TempoMap map, double lastSecond, Analysis into) {
    int count = collect(notes);
    if (map.size() == 1) {
      for (int i = 0; i < count; i++) {
        times[2 * i] = begins[i];
        times[2 * i + 1] = ends[i];
      }
    } else {
      toParts(map, count, lastSecond);
    }
    coverage(count, into);
    into.polyphonyMax = Math.min(most(count), Short.MAX_VALUE);
    into.isMonophonic = into.polyphonyMax == 1;
    into.isPolyphonic = into.polyphonyMax > 1;
    into.isPercussive = into.totalNotes > 0 && into.drumNotes == into.totalNotes;
    if (begins.length > KEEP) {
      begins = new int[0];
      ends = new int[0];
      times = new long[0];
      ended = new int[0];
    }
  }

  private int collect(NotesByOnset notes) {
    int all = notes.count();
    if (begins.length <= all) {
      begins = new int[all + (all >> 1) + 1];
      ends = new int[begins.length];
      ended = new int[begins.length + 1];
      times = new long[2 * begins.length];
    }
    int[] from = notes.onsets();
    int[] to = notes.ends();
    int[] voices = notes.voices();
    int count = 0;
    for (int i = 0; i < all; i++) {
      begins[count] = from[i];
      ends[count] = to[i];
      count += (Score.isDrum(voices[i]) ? 0 : 1) & (to[i] > from[i] ? 1 : 0);
    }
    return count;
  }

  private void toParts(TempoMap map, int count, double lastSecond) {
    double scale = PARTS / lastSecond;
    int segment = 0;
    for (int i = 0; i < count; i++) {
      segment = map.segmentFrom(segment, begins[i]);
      boolean endsInIt = segment + 1 == map.size() || ends[i] <= map.tick(segment + 1);
      int endSegment = endsInIt ? segment : map.segmentAt(ends[i]);
      times[2 * i] = (long) (map.secondsAt(begins[i], segment) * scale);
      times[2 * i + 1] = (long) (map.secondsAt(ends[i], endSegment) * scale);
    }
  }

  private void coverage(int count, Analysis into) {
    long latest = 0;
    long second = 0;
    long sounding = 0;
    long together = 0;
    double weighted = 0;
    for (int i = 0; i < count; i++) {
      long begin = times[2 * i];
      long end = times[2 * i + 1];
      long nextSecond = Math.max(second, Math.min(latest, end));
      long nextLatest = Math.max(latest, end);
      sounding += nextLatest - Math.max(begin, latest);
      together += Math.max(0, nextSecond - Math.max(begin, second));
      weighted += end - begin;
      latest = nextLatest;
      second = nextSecond;
    }
    into.polyphonyAvg = sounding > 0 ? weighted / sounding : Double.NaN;
    into.polyphonyRate = sounding > 0 ? (double) together / sounding : Double.NaN;
  }

  /** The most notes at once. A note sounds at its own onset and at those that follow up to its end. */
  private int most(int count) {
    if (count == 0) return 0;
    rank(count);
    Arrays.fill(ended, 0, count + 1, 0);
    for (int i = 0; i < count; i++) {
      ended[firstFrom(ends[i], count)]++;
    }
    int most = 0;
    int sounding = 0;
    for (int i = 0; i < count; i++) {
      sounding += 1 - ended[i];
      most = Math.max(most, sounding);
    }
    return most;
  }

  /** Finds the first onset of each stretch of time, so that no search is long. */
  private void rank(int count) {
    int span = begins[count - 1] - begins[0];
    shift = Math.max(0, Integer.SIZE - RANK_BITS - Integer.numberOfLeadingZeros(span));
    Arrays.fill(ranks, 0, (span >>> shift) + 2, 0);
    for (int i = 0; i < count; i++) {
      ranks[((begins[i] - begins[0]) >>> shift) + 1]++;
    }
    for (int i = 1; i <= (span >>> shift) + 1; i++) {
      ranks[i] += ranks[i - 1];
    }
  }

  /** The first onset at or after a tick, or the number of onsets. */
  private int firstFrom(int tick, int count) {
    if (tick > begins[count - 1]) return count;
    int stretch = (tick - begins[0]) >>> shift;
    int low = ranks[stretch];
    int high = ranks[stretch + 1];
    while (high - low > NEAR) {
      int middle = (low + high) >>> 1;
      if (begins[middle] < tick) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    while (low < high && begins[low] < tick) {
      low++;
    }
    return low;
  }
}
