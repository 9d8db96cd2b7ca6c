package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * How a piece is like itself some sixteenths later: what {@link Meter} tells bars by. Six signals over the sixteenths from
 * the first note on (at most {@link #SLOTS_MAX}), each correlated with itself at {@link #LAGS}:
 *
 * <pre>
 * count     log(1 + notes that begin), at most 15 notes
 * length    root of the longest of them in sixteenths, at most 16, drums out
 * velocity  of the loudest of them
 * bass      how far the lowest of them is below the mean pitch, in octaves, at most 2, drums out
 * harmony   1 - cosine of the sets of pitch classes that sound in the quarter from here on and in the one before, where a
 *           note begins (a note sounds for at most 16 sixteenths), drums out
 * pitches   the share of (onset, pitch) that were there a lag earlier; drum keys count as pitches
 * </pre>
 *
 * The first five less their mean, by the correlation at no lag (0 where that is nothing). Signatures and bars play no part.
 */
public final class MeterFeatures {
  static final int SLOTS_MAX = 1024;
  static final int[] LAGS = {2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20, 24, 28, 32, 36, 40, 48};
  /** Values of one piece. */
  public static final int COUNT = 6 * LAGS.length;

  private static final int ONSETS_MIN = 8;
  private static final int REST_MIN = 4;
  private static final int LENGTH_MAX = 16;
  private static final int COUNT_MAX = 15;
  private static final int WINDOW = BarGrid.SLOTS_A_QUARTER;
  private static final int CLASSES = Analysis.PITCH_CLASSES;
  private static final int NOVELTY_ROW = CLASSES + 1;
  private static final float VELOCITY_MAX = 127;
  private static final float OCTAVES_MAX = 2;
  private static final int COUNTS = 0;
  private static final int LENGTHS = 1;
  private static final int VELOCITIES = 2;
  private static final int BASS = 3;
  private static final int HARMONY = 4;
  private static final int SIGNALS = 5;
  /** A note sounds for less than twice the largest of these sixteenths. */
  private static final int COVERS = Integer.numberOfTrailingZeros(LENGTH_MAX) + 1;
  private static final int COVER_ROOM = coverRoom(SLOTS_MAX);
  private static final int PAST = LAGS[LAGS.length - 1];
  private static final int ROOM = SLOTS_MAX + PAST;
  /** Lags at which pitches are compared in one walk. */
  private static final int TOGETHER = 4;
  private static final float[] ROOTS = new float[LENGTH_MAX + 1];
  private static final float[] LOGS = new float[COUNT_MAX + 1];
  /** By the product of the sizes of two sets and, below that, by how many they share. */
  private static final float[] NOVELTIES = new float[(CLASSES * CLASSES + 1) * NOVELTY_ROW];

  static {
    for (int product = 1; product <= CLASSES * CLASSES; product++) {
      for (int shared = 0; shared < NOVELTY_ROW; shared++) {
        NOVELTIES[product * NOVELTY_ROW + shared] = (float) (1 - shared / Math.sqrt(product));
      }
    }
    for (int i = 0; i <= LENGTH_MAX; i++) {
      ROOTS[i] = (float) Math.sqrt(i);
    }
    for (int i = 0; i <= COUNT_MAX; i++) {
      LOGS[i] = (float) Math.log1p(i);
    }
  }

  private final Kernels kernels;
  /** Slots of the piece that was looked at last: what is beyond is 0 everywhere. */
  private int used;
  /** The slots in which notes begin, in order. */
  private final int[] begun = new int[SLOTS_MAX];
  /**
   * Sets of pitch classes that sound from a slot on, for 1, 2, 4, 8 or 16 slots: two of these cover a note of any length.
   * Slots are counted from a window before the first one.
   */
  private final int[][] covers = new int[COVERS][COVER_ROOM];
  /** Sets of pitches, of which those 64 apart are one; {@link #PAST} empty ones before the first. */
  private final long[] pitches = new long[ROOM];
  private final float[][] signals = new float[SIGNALS][ROOM];
  /** Of the values of each signal. */
  private final float[] sums = new float[SIGNALS];
  private final int[] shared = new int[TOGETHER];
  private final float[] values = new float[COUNT];

  MeterFeatures(Kernels kernels) { this.kernels = kernels; }

  /** Of a piece, for those who train on them; null where its notes say nothing. */
  public static float @Nullable [] of(Score score, Kernels kernels) {
    var extent = new Extent(kernels);
    var grid = new BarGrid();
    var notes = new NotesByOnset();
    var tally = new Tally();
    var totals = new NoteTotals();
    extent.measure(score);
    notes.read(score);
    tally.count(score);
    totals.measure(score, extent, tally);
    grid.build(score, extent, notes);
    var features = new MeterFeatures(kernels);
    return features.extract(notes, totals, grid) ? features.values : null;
  }

  /** Those of the last success, {@link #COUNT} of them. */
  float[] values() { return values; }

  /** False with fewer than 8 sixteenths in which notes begin, or notes that do not follow the ticks' beat. */
  boolean extract(NotesByOnset notes, NoteTotals totals, BarGrid grid) {
    if (grid.placed() == 0 || !grid.isFollowed()) return false;
    clear();
    int onsets = fill(notes, grid, totals.meanPitch());
    used = begun[onsets - 1] + 1;
    if (onsets < ONSETS_MIN) return false;
    int size = used;
    spreadCovers(coverRoom(size));
    for (int i = 0; i < onsets; i++) {
      put(HARMONY, begun[i], novelty(begun[i]));
    }
    for (int row = 0; row < SIGNALS; row++) {
      correlate(row, size);
    }
    comparePitches(size);
    return true;
  }

  /** As far as the piece before it reached. */
  private void clear() {
    Arrays.fill(sums, 0);
    Arrays.fill(pitches, PAST, PAST + used, 0);
    for (int[] cover : covers) {
      Arrays.fill(cover, 0, coverRoom(used), 0);
    }
    for (float[] signal : signals) {
      Arrays.fill(signal, 0, used, 0);
    }
  }

  private static int coverRoom(int size) { return size + LENGTH_MAX + 2 * WINDOW; }

  /** All signals but the harmony, slot by slot. Returns in how many slots notes begin. */
  private int fill(NotesByOnset notes, BarGrid grid, float meanPitch) {
    int[] slots = grid.slotsByOnset();
    int[] voices = notes.voices();
    int[] ends = notes.ends();
    int placed = grid.placed();
    int onsets = 0;
    for (int first = 0, next; first < placed && slots[first] - slots[0] < SLOTS_MAX; first = next) {
      int begin = slots[first];
      int slot = begin - slots[0];
      int longest = 0;
      int loudest = 0;
      int lowest = Integer.MAX_VALUE;
      long set = 0;
      for (next = first; next < placed && slots[next] == begin; next++) {
        int voice = voices[next];
        int pitch = Score.pitch(voice);
        // No branches: what a note is is hard to predict.
        int drum = Score.drumMask(voice);
        int length = Math.min(LENGTH_MAX, Math.max(1, grid.endSlot(ends[next]) - begin));
        longest = Math.max(longest, length & ~drum);
        loudest = Math.max(loudest, Score.velocity(voice));
        lowest = Math.min(lowest, pitch | (drum & Integer.MAX_VALUE));
        set |= 1L << pitch;
        cover(slot + WINDOW, length, (1 << (pitch % CLASSES)) & ~drum);
      }
      begun[onsets++] = slot;
      pitches[PAST + slot] = set;
      put(COUNTS, slot, LOGS[Math.min(COUNT_MAX, next - first)]);
      put(LENGTHS, slot, ROOTS[longest]);
      put(VELOCITIES, slot, loudest / VELOCITY_MAX);
      put(BASS, slot, Math.max(0, Math.min(OCTAVES_MAX, (meanPitch - lowest) / CLASSES)));
    }
    return onsets;
  }

  private void cover(int from, int length, int set) {
    int level = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(length);
    int[] sets = covers[level];
    sets[from] |= set;
    sets[from + length - (1 << level)] |= set;
  }

  /** Makes the sets of one slot each those of all that sounds in it. */
  private void spreadCovers(int room) {
    for (int level = COVERS - 1; level > 0; level--) {
      int[] from = covers[level];
      int[] to = covers[level - 1];
      int half = 1 << (level - 1);
      for (int i = 0; i < room; i++) {
        to[i] |= from[i];
      }
      for (int i = half; i < room; i++) {
        to[i] |= from[i - half];
      }
    }
  }

  private void put(int signal, int slot, float value) {
    signals[signal][slot] = value;
    sums[signal] += value;
  }

  private float novelty(int slot) {
    int[] sounding = covers[0];
    int before = sounding[slot] | sounding[slot + 1] | sounding[slot + 2] | sounding[slot + 3];
    int at = slot + WINDOW;
    int after = sounding[at] | sounding[at + 1] | sounding[at + 2] | sounding[at + 3];
    int product = Integer.bitCount(before) * Integer.bitCount(after);
    return NOVELTIES[product * NOVELTY_ROW + Integer.bitCount(before & after)];
  }

  private void correlate(int row, int size) {
    float[] signal = signals[row];
    float mean = sums[row] / size;
    for (int i = 0; i < size; i++) {
      signal[i] -= mean;
    }
    float power = kernels.dot(signal, 0, signal, 0, size);
    for (int i = 0; i < LAGS.length; i++) {
      int lag = LAGS[i];
      boolean isKnown = power > 1e-3f && size > lag + REST_MIN;
      values[row * LAGS.length + i] = isKnown ? kernels.dot(signal, lag, signal, 0, size - lag) / power : 0;
    }
  }

  private void comparePitches(int size) {
    int all = 0;
    for (int i = PAST; i < PAST + size; i++) {
      all += Long.bitCount(pitches[i]);
    }
    for (int i = 0; i < LAGS.length; i += TOGETHER) {
      comparePitches(size, i);
      for (int j = 0; j < TOGETHER; j++) {
        values[COUNT - LAGS.length + i + j] = (float) shared[j] / all;
      }
    }
  }

  private void comparePitches(int size, int lag) {
    long[] sets = pitches;
    int first = LAGS[lag];
    int second = LAGS[lag + 1];
    int third = LAGS[lag + 2];
    int fourth = LAGS[lag + 3];
    int a = 0;
    int b = 0;
    int c = 0;
    int d = 0;
    for (int i = PAST; i < PAST + size; i++) {
      long set = sets[i];
      a += Long.bitCount(set & sets[i - first]);
      b += Long.bitCount(set & sets[i - second]);
      c += Long.bitCount(set & sets[i - third]);
      d += Long.bitCount(set & sets[i - fourth]);
    }
    shared[0] = a;
    shared[1] = b;
    shared[2] = c;
    shared[3] = d;
  }
}
