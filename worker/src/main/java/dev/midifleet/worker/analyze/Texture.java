package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;

/**
 * How many notes sound at once, drums out, all tracks together. A note that ends where another begins does not overlap it, and
 * a note of no length does not sound.
 *
 * <p>In the order of onsets the two latest ends so far tell what a note adds to the time in which one note or more, and two
 * or more, sound. For the most at once, ends of notes are gathered, and what is over is only left out when there are more of
 * them than ever sounded together.
 */
final class Texture {
  private static final int KEEP = 1 << 18;
  /** Of the time to the last end, where there are several tempi. */
  private static final double PARTS = 0x1p50;
  /** Ends that may be looked at a note before they are sorted instead. */
  private static final int LOOKS_A_NOTE = 16;

  private final RadixSort sort = new RadixSort();
  /** Ends in ticks of those notes that may still sound. */
  private int[] open = {};
  /** In ticks where there is one tempo, else in parts of the last end. Drums end as they begin. */
  private long[] beginTimes = {};
  private long[] endTimes = {};

  void analyze(NotesByOnset notes, TempoMap map, double lastSecond, Analysis into) {
    int count = notes.count();
    if (open.length < count) {
      reserve(count + (count >> 1));
    }
    if (map.size() == 1) {
      toTicks(notes);
    } else {
      toParts(notes, map, PARTS / lastSecond);
    }
    coverage(count, into);
    into.polyphonyMax = Math.min(most(notes), Short.MAX_VALUE);
    into.isMonophonic = into.polyphonyMax == 1;
    into.isPolyphonic = into.polyphonyMax > 1;
    into.isPercussive = into.totalNotes > 0 && into.drumNotes == into.totalNotes;
    if (open.length > KEEP) {
      reserve(0);
      sort.trim(KEEP);
    }
  }

  private void reserve(int room) {
    open = new int[room];
    beginTimes = new long[room];
    endTimes = new long[room];
  }

  private void toTicks(NotesByOnset notes) {
    int count = notes.count();
    int[] begins = notes.onsets();
    int[] ends = notes.ends();
    int[] voices = notes.voices();
    long[] toBegin = beginTimes;
    long[] toEnd = endTimes;
    for (int i = 0; i < count; i++) {
      int begin = begins[i];
      toBegin[i] = begin;
      int length = (ends[i] - begin) & ~Score.drumMask(voices[i]);
      toEnd[i] = (long) begin + length;
    }
  }

  private void toParts(NotesByOnset notes, TempoMap map, double scale) {
    int count = notes.count();
    int[] begins = notes.onsets();
    int[] voices = notes.voices();
    int from = 0;
    for (int segment = map.segmentAt(count == 0 ? 0 : begins[0]); from < count; segment++) {
      boolean isLast = segment + 1 == map.size();
      int to = isLast ? count : notes.before(map.tick(segment + 1), from);
      toParts(notes, from, to, map, segment, scale);
      from = to;
    }
    for (int i = 0; i < count; i++) {
      endTimes[i] -= (endTimes[i] - beginTimes[i]) & Score.drumMask(voices[i]);
    }
  }

  /** Of notes that begin in one segment of the tempo. */
  private void toParts(NotesByOnset notes, int from, int to, TempoMap map, int segment, double scale) {
    int[] begins = notes.onsets();
    int[] ends = notes.ends();
    int firstTick = map.tick(segment);
    double firstSecond = map.second(segment);
    double tickSeconds = map.secondsPerTick(segment);
    int lastTick = segment + 1 == map.size() ? Integer.MAX_VALUE : map.tick(segment + 1);
    int endSegment = segment;
    for (int i = from; i < to; i++) {
      int end = ends[i];
      double endSecond = firstSecond + (end - firstTick) * tickSeconds;
      if (end > lastTick) {
        endSegment = map.segmentFrom(end >= map.tick(endSegment) ? endSegment : segment, end);
        endSecond = map.secondsAt(end, endSegment);
      }
      beginTimes[i] = (long) ((firstSecond + (begins[i] - firstTick) * tickSeconds) * scale);
      endTimes[i] = (long) (endSecond * scale);
    }
  }

  private void coverage(int count, Analysis into) {
    long[] begins = beginTimes;
    long[] ends = endTimes;
    long latest = 0;
    long second = 0;
    long sounding = 0;
    long together = 0;
    double weighted = 0;
    for (int i = 0; i < count; i++) {
      long begin = begins[i];
      long end = ends[i];
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

  /** The most notes at once. */
  private int most(NotesByOnset notes) {
    int count = notes.count();
    int[] begins = notes.onsets();
    int[] ends = notes.ends();
    int[] voices = notes.voices();
    int[] sounding = open;
    long looks = (long) count * LOOKS_A_NOTE;
    int size = 0;
    int most = 0;
    for (int i = 0; i < count; i++) {
      int begin = begins[i];
      int end = ends[i];
      sounding[size] = end;
      // Of no length or drums: the next one takes its place.
      size += ((begin - end) & ~Score.drumMask(voices[i])) >>> (Integer.SIZE - 1);
      if (size > most) {
        looks -= size;
        if (looks < 0) return mostByEnds(notes);
        size = close(sounding, size, begin);
        most = Math.max(most, size);
      }
    }
    return most;
  }

  /** Leaves out what ended until a tick; returns how many are left. */
  private static int close(int[] ends, int size, int tick) {
    int left = 0;
    for (int i = 0; i < size; i++) {
      int end = ends[i];
      ends[left] = end;
      left += (tick - end) >>> (Integer.SIZE - 1);
    }
    return left;
  }

  /** The same where very many sound at once: by the ends in their own order. */
  private int mostByEnds(NotesByOnset notes) {
    int heard = 0;
    for (int i = 0; i < notes.count(); i++) {
      if (isHeard(notes, i)) {
        open[heard++] = notes.ends()[i];
      }
    }
    sort.sort(open, heard);
    int most = 0;
    int begun = 0;
    for (int i = 0; i < notes.count(); i++) {
      if (isHeard(notes, i)) {
        // The end that stands so far back is not over: one note more sounds than ever before.
        while (most <= begun && open[begun - most] > notes.onsets()[i]) {
          most++;
        }
        begun++;
      }
    }
    return most;
  }

  private static boolean isHeard(NotesByOnset notes, int i) {
    return !Score.isDrum(notes.voices()[i]) && notes.ends()[i] > notes.onsets()[i];
  }
}
