package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;

/**
 * How many notes sound at once, drums out, all tracks together: one sweep over the sorted beginnings and ends. A note that
 * ends where another begins does not overlap it, and a note of no length does not sound.
 */
final class Texture {
  private static final int KEEP = 1 << 18;

  private final RadixSort sort = new RadixSort();
  private int[] begins = {};
  private int[] ends = {};

  void analyze(Score score, Analysis into) {
    int count = collect(score);
    sort.sort(begins, count);
    sort.sort(ends, count);
    sweep(score.tempoMap(), count, into);
    into.isMonophonic = into.polyphonyMax == 1;
    into.isPolyphonic = into.polyphonyMax > 1;
    into.isPercussive = into.totalNotes > 0 && into.drumNotes == into.totalNotes;
    if (begins.length > KEEP) {
      begins = new int[0];
      ends = new int[0];
      sort.trim(KEEP);
    }
  }

  private int collect(Score score) {
    int notes = score.noteCount();
    if (begins.length < notes) {
      begins = new int[notes + (notes >> 1)];
      ends = new int[begins.length];
    }
    int[] from = score.onsets();
    int[] to = score.ends();
    int[] voices = score.voices();
    int count = 0;
    for (int i = 0; i < notes; i++) {
      if (!Score.isDrum(voices[i]) && to[i] > from[i]) {
        begins[count] = from[i];
        ends[count++] = to[i];
      }
    }
    return count;
  }

  private void sweep(TempoMap map, int count, Analysis into) {
    double sounding = 0;
    double together = 0;
    double weighted = 0;
    int max = 0;
    int sounds = 0;
    int begun = 0;
    int segment = 0;
    double now = 0;
    for (int ended = 0; ended < count;) {
      int tick = begun < count ? Math.min(begins[begun], ends[ended]) : ends[ended];
      segment = map.segmentFrom(segment, tick);
      double next = map.secondsAt(tick, segment);
      double length = next - now;
      sounding += sounds > 0 ? length : 0;
      together += sounds > 1 ? length : 0;
      weighted += sounds * length;
      now = next;
      while (ended < count && ends[ended] == tick) {
        ended++;
        sounds--;
      }
      while (begun < count && begins[begun] == tick) {
        begun++;
        sounds++;
      }
      max = Math.max(max, sounds);
    }
    into.polyphonyMax = Math.min(max, Short.MAX_VALUE);
    into.polyphonyAvg = sounding > 0 ? weighted / sounding : Double.NaN;
    into.polyphonyRate = sounding > 0 ? together / sounding : Double.NaN;
  }
}
