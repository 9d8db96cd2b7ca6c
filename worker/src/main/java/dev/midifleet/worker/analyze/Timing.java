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

  private final long[] frames = new long[FRAMES_MAX / Long.SIZE + 1];
  private final int[] lastOnset = new int[CHANNELS];
  private final int[] longest = new int[CHANNELS];
  private final JsonText json = new JsonText();
  private int successions;
  private int legato;
  private int staccato;

  void analyze(Score score, Extent extent, BarGrid grid, Analysis into) {
    into.ioiMeanMs = meanInterval(score, extent);
    if (score.noteCount() == 0) {
      into.articulationData = null;
      return;
    }
    articulate(score, quarterTicks(score));
    double secondsPerTick = extent.seconds() / Math.max(1, extent.lastTick() - extent.firstTick());
    json.clear().raw("{\"legato_share\":");
    share(legato).raw(",\"staccato_share\":");
    share(staccato).raw(",\"mean_length_ms\":");
    rounded(meanLength(score) * MILLIS, 10).raw(",\"timing_deviation_ms\":");
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

  private double meanInterval(Score score, Extent extent) {
    int used = (int) Math.min(FRAMES_MAX, extent.seconds() * FRAMES_A_SECOND + 1);
    Arrays.fill(frames, 0, used / Long.SIZE + 1, 0);
    TempoMap map = score.tempoMap();
    int[] onsets = score.onsets();
    double last = extent.firstSecond();
    for (int track = 0; track < score.trackCount(); track++) {
      int segment = map.segmentAt(extent.firstTick());
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end; i++) {
        segment = map.segmentFrom(segment, onsets[i]);
        double second = map.secondsAt(onsets[i], segment);
        int frame = (int) ((second - extent.firstSecond()) * FRAMES_A_SECOND);
        if (frame >= used) break;
        frames[frame >>> 6] |= 1L << frame;
        last = Math.max(last, second);
      }
    }
    int groups = groups(used);
    return groups > 1 ? (last - extent.firstSecond()) * MILLIS / (groups - 1) : Double.NaN;
  }

  private int groups(int used) {
    int groups = 0;
    int begin = -TOGETHER_FRAMES - 1;
    for (int word = 0; word <= used / Long.SIZE; word++) {
      for (long bits = frames[word]; bits != 0; bits &= bits - 1) {
        int frame = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
        if (frame - begin > TOGETHER_FRAMES) {
          groups++;
          begin = frame;
        }
      }
    }
    return groups;
  }

  private static double meanLength(Score score) {
    TempoMap map = score.tempoMap();
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    double seconds = 0;
    int count = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      int segment = 0;
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end; i++) {
        if (Score.isDrum(voices[i])) continue;
        segment = map.segmentFrom(segment, onsets[i]);
        boolean isOneTempo = segment + 1 == map.size() || ends[i] <= map.tick(segment + 1);
        seconds += isOneTempo
            ? (ends[i] - onsets[i]) * map.secondsPerTick(segment)
            : map.secondsAt(ends[i]) - map.secondsAt(onsets[i], segment);
        count++;
      }
    }
    return count > 0 ? seconds / count : Double.NaN;
  }

  private void articulate(Score score, int quarter) {
    successions = 0;
    legato = 0;
    staccato = 0;
    int together = quarter / PARTS_OF_QUARTER;
    long most = (long) QUARTERS_MAX * quarter;
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    for (int track = 0; track < score.trackCount(); track++) {
      Arrays.fill(lastOnset, -1);
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end; i++) {
        if (Score.isDrum(voices[i])) continue;
        int channel = Score.channel(voices[i]);
        int length = ends[i] - onsets[i];
        int interval = onsets[i] - lastOnset[channel];
        if (lastOnset[channel] >= 0 && interval <= together) {
          longest[channel] = Math.max(longest[channel], length);
          continue;
        }
        if (lastOnset[channel] >= 0 && interval <= most) {
          count(longest[channel], interval);
        }
        lastOnset[channel] = onsets[i];
        longest[channel] = length;
      }
    }
  }

  private void count(int length, int interval) {
    successions++;
    legato += 20L * length >= 19L * interval ? 1 : 0;
    staccato += 2L * length <= interval ? 1 : 0;
  }
}
