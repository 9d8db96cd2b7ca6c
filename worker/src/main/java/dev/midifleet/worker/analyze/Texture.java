package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;

/**
 * How many notes sound at once, drums out, all tracks together. A note that ends where another begins does not overlap it, and
 * a note of no length does not sound.
 *
 * <p>In the order of onsets the two latest ends so far tell what a note adds to the time in which one note or more, and two
 * or more, sound; the most at once is found by the ends in their own order.
 */
final class Texture {
  private static final int KEEP = 1 << 18;
  /** Of the time to the last end, where there are several tempi. */
  private static final double PARTS = 0x1p50;

  private final RadixSort sort = new RadixSort();
  private int[] begins = {};
  private int[] ends = {};
  /** In ticks where there is one tempo, else in parts of the last end. */
  private long[] beginTimes = {};
  private long[] endTimes = {};

  void analyze(NotesByOnset notes, TempoMap map, double lastSecond, Analysis into) {
    int count = collect(notes);
    if (map.size() == 1) {
      for (int i = 0; i < count; i++) {
        beginTimes[i] = begins[i];
        endTimes[i] = ends[i];
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
      beginTimes = new long[0];
      endTimes = new long[0];
      sort.trim(KEEP);
    }
  }

  private int collect(NotesByOnset notes) {
    int all = notes.count();
    if (begins.length <= all) {
      begins = new int[all + (all >> 1) + 1];
      ends = new int[begins.length];
      beginTimes = new long[begins.length];
      endTimes = new long[begins.length];
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
      beginTimes[i] = (long) (map.secondsAt(begins[i], segment) * scale);
      endTimes[i] = (long) (map.secondsAt(ends[i], endSegment) * scale);
    }
  }

  private void coverage(int count, Analysis into) {
    long latest = 0;
    long second = 0;
    long sounding = 0;
    long together = 0;
    double weighted = 0;
    for (int i = 0; i < count; i++) {
      long begin = beginTimes[i];
      long end = endTimes[i];
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

  /** The most notes at once, of as many; leaves the ends sorted. */
  private int most(int count) {
    sort.sort(ends, count);
    int most = 0;
    for (int i = 0; i < count; i++) {
      // The end that stands so far back is not over: one note more sounds than ever before.
      while (most <= i && ends[i - most] > begins[i]) {
        most++;
      }
    }
    return most;
  }
}
