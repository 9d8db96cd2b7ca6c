package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.Arrays;

/**
 * Time between onsets, and how long notes are held in it.
 *
 * <pre>
 * ioi_mean_ms       time from the first to the last onset, all notes, by successions of onsets. Onsets up to 30 ms after
 *                   the first of a group are one (times are compared in frames of 5 ms); the first two hours count
 * articulation_data {"legato_share", "staccato_share", "mean_length_ms", "timing_deviation_ms"}, drums out in the first
 *                   three. Shares are of the successions of onsets in one part (a channel of a track) that are no longer
 *                   than two quarters: legato where the longest note of the first onset holds for at least 95 % of the
 *                   time to the next one, staccato where it holds for at most half of it; onsets of a part within 1/16 of a
 *                   quarter are one. The deviation is the mean distance of onsets from the nearest sixteenth or triplet
 *                   eighth at the mean tempo, null where the notes do not follow the ticks' beat
 * </pre>
 */
final class Timing {
  private static final int CHANNELS = 16;
  private static final int FRAMES_A_SECOND = 200;
  private static final int FRAMES_MAX = 2 * 3600 * FRAMES_A_SECOND;
  private static final int TOGETHER_FRAMES = 6;
  private static final int QUARTERS_MAX = 2;
  private static final int PARTS_OF_QUARTER = 16;
  private static final double MILLIS = 1000;
  private static final int CHANNEL_SHIFT = 16;
  /** Longer ago than any succession, and so that no product overflows. */
  private static final long NEVER = -1L << 40;

  /** By channel, those of drums apart. */
  private final long[] lastOnset = new long[2 * CHANNELS];
  private final long[] longest = new long[2 * CHANNELS];
  private final JsonText json = new JsonText();
  private int successions;
  private int legato;
  private int staccato;

  void analyze(Score score, NotesByOnset notes, NoteTotals totals, Extent extent, BarGrid grid, Analysis into) {
    into.ioiMeanMs = meanInterval(notes, score.tempoMap(), extent);
    if (score.noteCount() == 0) {
      into.articulationData = null;
      return;
    }
    articulate(score, quarterTicks(score));
    double secondsPerTick = extent.seconds() / Math.max(1, extent.lastTick() - extent.firstTick());
    json.clear().raw("{\"legato_share\":");
    share(legato).raw(",\"staccato_share\":");
    share(staccato).raw(",\"mean_length_ms\":");
    rounded(meanLength(notes, totals, score.tempoMap()) * MILLIS, 10).raw(",\"timing_deviation_ms\":");
    double deviation = grid.isFollowed() ? grid.deviation() * score.division() * secondsPerTick : Double.NaN;
    rounded(deviation * MILLIS, 10);
    into.articulationData = json.raw("}").text();
  }

  private JsonText share(int count) {
    return rounded(successions > 0 ? (double) count / successions : Double.NaN, MILLIS);
  }

  private JsonText rounded(double value, double digits) {
    return Double.isNaN(value) ? json.raw("null") : json.decimal(Math.rint(value * digits) / digits);
  }

  /** The division, or with SMPTE the ticks of half a second. */
  private static int quarterTicks(Score score) {
    if (!score.isSmpte()) return score.division();
    return (int) Math.max(1, Math.rint(0.5 / score.tempoMap().secondsPerTick(0)));
  }

  private static double meanInterval(NotesByOnset notes, TempoMap map, Extent extent) {
    int count = notes.moments();
    int[] ticks = notes.momentTicks();
    double first = extent.firstSecond();
    double last = first;
    int groups = 0;
    int begin = -TOGETHER_FRAMES - 1;
    int segment = map.segmentAt(extent.firstTick());
    for (int from = 0; from < count; segment++) {
      int to = segment + 1 < map.size() ? notes.momentBefore(map.tick(segment + 1), from) : count;
      double second = map.second(segment);
      double secondsPerTick = map.secondsPerTick(segment);
      int tick = map.tick(segment);
      for (; from < to; from++) {
        double now = second + (ticks[from] - tick) * secondsPerTick;
        int frame = (int) ((now - first) * FRAMES_A_SECOND);
        if (frame >= FRAMES_MAX) return perSuccession(last - first, groups);
        last = now;
        // Not a branch: which onsets begin a group is hard to predict.
        int isNew = (begin + TOGETHER_FRAMES - frame) >> (Integer.SIZE - 1);
        groups -= isNew;
        begin += (frame - begin) & isNew;
      }
    }
    return perSuccession(last - first, groups);
  }

  private static double perSuccession(double seconds, int groups) {
    return groups > 1 ? seconds * MILLIS / (groups - 1) : Double.NaN;
  }

  private static double meanLength(NotesByOnset notes, NoteTotals totals, TempoMap map) {
    if (totals.pitched() == 0) return Double.NaN;
    if (map.size() == 1) return totals.pitchedTicks() * map.secondsPerTick(0) / totals.pitched();
    double seconds = 0;
    int from = 0;
    for (int segment = 0; segment < map.size(); segment++) {
      boolean isLast = segment + 1 == map.size();
      int to = isLast ? notes.count() : notes.before(map.tick(segment + 1), from);
      seconds += lengths(notes, from, to, map, segment);
      from = to;
    }
    return seconds / totals.pitched();
  }

  /** In seconds, of the notes but drums that begin in a segment. */
  private static double lengths(NotesByOnset notes, int from, int to, TempoMap map, int segment) {
    int[] onsets = notes.onsets();
    int[] ends = notes.ends();
    int[] voices = notes.voices();
    int limit = segment + 1 < map.size() ? map.tick(segment + 1) : Integer.MAX_VALUE;
    long ticks = 0;
    double beyond = 0;
    for (int i = from; i < to; i++) {
      int end = Math.min(ends[i], limit);
      ticks += end - onsets[i] & ~Score.drumMask(voices[i]);
      if (ends[i] > end && !Score.isDrum(voices[i])) {
        beyond += map.secondsAt(ends[i]) - map.second(segment + 1);
      }
    }
    return ticks * map.secondsPerTick(segment) + beyond;
  }

  private void articulate(Score score, int quarter) {
    successions = 0;
    legato = 0;
    staccato = 0;
    int together = quarter / PARTS_OF_QUARTER;
    long most = (long) QUARTERS_MAX * quarter;
    int[] voices = score.voices();
    for (int track = 0; track < score.trackCount(); track++) {
      int from = score.firstNote(track);
      int to = score.firstNote(track + 1);
      if (from == to) continue;
      if (!isOnePart(voices, from, to)) {
        articulateParts(score, from, to, together, most);
      } else if (!Score.isDrum(voices[from])) {
        articulatePart(score, from, to, together, most);
      }
    }
  }

  private static boolean isOnePart(int[] voices, int from, int to) {
    int differ = 0;
    for (int i = from; i < to; i++) {
      differ |= voices[i] ^ voices[from];
    }
    return ((differ >>> CHANNEL_SHIFT) & (2 * CHANNELS - 1)) == 0;
  }

  private void articulateParts(Score score, int from, int to, int together, long most) {
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    Arrays.fill(lastOnset, NEVER);
    for (int i = from; i < to; i++) {
      int part = (voices[i] >>> CHANNEL_SHIFT) & (2 * CHANNELS - 1);
      long length = (long) ends[i] - onsets[i];
      long interval = onsets[i] - lastOnset[part];
      long isChord = (interval - together - 1) >> (Long.SIZE - 1);
      long isNear = (interval - most - 1) >> (Long.SIZE - 1);
      count(longest[part], interval, isNear & ~isChord & ~Score.drumMask(voices[i]));
      lastOnset[part] = onsets[i] - (interval & isChord);
      longest[part] = Math.max(longest[part] & isChord, length);
    }
  }

  /** The same of a track with one part, which needs no tables. */
  private void articulatePart(Score score, int from, int to, int together, long most) {
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    long begin = NEVER;
    long hold = 0;
    int found = 0;
    int legatos = 0;
    int staccatos = 0;
    for (int i = from; i < to; i++) {
      long interval = onsets[i] - begin;
      long isChord = (interval - together - 1) >> (Long.SIZE - 1);
      int isCounted = (int) (((interval - most - 1) >> (Long.SIZE - 1)) & ~isChord);
      found -= isCounted;
      legatos -= isLegato(hold, interval) & isCounted;
      staccatos -= isStaccato(hold, interval) & isCounted;
      begin += interval & ~isChord;
      hold = Math.max(hold & isChord, (long) ends[i] - onsets[i]);
    }
    successions += found;
    legato += legatos;
    staccato += staccatos;
  }

  /** Of those to be counted the mask is -1, of others 0. */
  private void count(long length, long interval, long mask) {
    successions -= (int) mask;
    legato -= isLegato(length, interval) & (int) mask;
    staccato -= isStaccato(length, interval) & (int) mask;
  }

  /** -1 if so, else 0. */
  private static int isLegato(long length, long interval) {
    return (int) ((19 * interval - 20 * length - 1) >> (Long.SIZE - 1));
  }

  /** -1 if so, else 0. */
  private static int isStaccato(long length, long interval) {
    return (int) ((2 * length - interval - 1) >> (Long.SIZE - 1));
  }
}
