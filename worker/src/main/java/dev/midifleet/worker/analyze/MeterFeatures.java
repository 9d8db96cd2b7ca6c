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
  private static final float VELOCITY_MAX = 127;
  private static final float OCTAVES_MAX = 2;
  private static final float[] ROOTS = new float[LENGTH_MAX + 1];
  private static final float[] LOGS = new float[COUNT_MAX + 1];
  private static final double[] PRODUCT_ROOTS = new double[CLASSES * CLASSES + 1];

  static {
    Arrays.setAll(PRODUCT_ROOTS, Math::sqrt);
    for (int i = 0; i <= LENGTH_MAX; i++) {
      ROOTS[i] = (float) Math.sqrt(i);
    }
    for (int i = 0; i <= COUNT_MAX; i++) {
      LOGS[i] = (float) Math.log1p(i);
    }
  }

  private final Kernels kernels;
  private final int[] counts = new int[SLOTS_MAX];
  private final int[] lengths = new int[SLOTS_MAX];
  private final int[] velocities = new int[SLOTS_MAX];
  private final int[] lowest = new int[SLOTS_MAX];
  /** Sets of pitch classes, with room for a window before the first slot and after the last. */
  private final int[] classes = new int[SLOTS_MAX + LENGTH_MAX + 2 * WINDOW];
  /** Sets of pitches, of which those 64 apart are one. */
  private final long[] pitches = new long[SLOTS_MAX];
  private final float[] signal = new float[SLOTS_MAX];
  private final float[] values = new float[COUNT];
  private int firstSlot;
  private float meanPitch;

  MeterFeatures(Kernels kernels) { this.kernels = kernels; }

  /** Of a piece, for those who train on them; null where its notes say nothing. */
  public static float @Nullable [] of(Score score, Kernels kernels) {
    var extent = new Extent(kernels);
    var grid = new BarGrid();
    extent.measure(score);
    grid.build(score, extent);
    var features = new MeterFeatures(kernels);
    return features.extract(score, grid) ? features.values : null;
  }

  /** Those of the last success, {@link #COUNT} of them. */
  float[] values() { return values; }

  /** False with fewer than 8 sixteenths in which notes begin, or notes that do not follow the ticks' beat. */
  boolean extract(Score score, BarGrid grid) {
    if (grid.size() == 0 || !grid.isFollowed()) return false;
    survey(score, grid);
    int size = fill(score, grid);
    int onsets = 0;
    for (int i = 0; i < size; i++) {
      onsets += counts[i] > 0 ? 1 : 0;
    }
    if (onsets < ONSETS_MIN) return false;
    for (int i = 0; i < size; i++) {
      signal[i] = LOGS[Math.min(COUNT_MAX, counts[i])];
    }
    correlate(0, size);
    for (int i = 0; i < size; i++) {
      signal[i] = ROOTS[lengths[i]];
    }
    correlate(1, size);
    for (int i = 0; i < size; i++) {
      signal[i] = velocities[i] / VELOCITY_MAX;
    }
    correlate(2, size);
    for (int i = 0; i < size; i++) {
      signal[i] = Math.clamp((meanPitch - lowest[i]) / CLASSES, 0, OCTAVES_MAX);
    }
    correlate(3, size);
    widenClasses(size);
    for (int i = 0; i < size; i++) {
      signal[i] = counts[i] > 0 ? novelty(i) : 0;
    }
    correlate(4, size);
    comparePitches(size);
    return true;
  }

  private void survey(Score score, BarGrid grid) {
    int[] slots = grid.slots();
    int[] voices = score.voices();
    firstSlot = Integer.MAX_VALUE;
    for (int track = 0; track < score.trackCount(); track++) {
      int first = score.firstNote(track);
      if (first < score.firstNote(track + 1) && slots[first] != BarGrid.NONE) {
        firstSlot = Math.min(firstSlot, slots[first]);
      }
    }
    long sum = 0;
    int count = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int pitched = Score.isDrum(voices[i]) ? 0 : 1;
      sum += (long) pitched * Score.pitch(voices[i]);
      count += pitched;
    }
    meanPitch = count > 0 ? (float) ((double) sum / count) : 0;
  }

  /** Returns how many slots there are. */
  private int fill(Score score, BarGrid grid) {
    Arrays.fill(counts, 0);
    Arrays.fill(lengths, 0);
    Arrays.fill(velocities, 0);
    Arrays.fill(lowest, Integer.MAX_VALUE);
    Arrays.fill(classes, 0);
    Arrays.fill(pitches, 0);
    int[] slots = grid.slots();
    int[] voices = score.voices();
    int[] ends = score.ends();
    int size = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end && slots[i] != BarGrid.NONE; i++) {
        int slot = slots[i] - firstSlot;
        if (slot >= SLOTS_MAX) break;
        int voice = voices[i];
        int pitch = Score.pitch(voice);
        counts[slot]++;
        velocities[slot] = Math.max(velocities[slot], Score.velocity(voice));
        pitches[slot] |= 1L << pitch;
        size = Math.max(size, slot + 1);
        if (!Score.isDrum(voice)) {
          int length = Math.clamp(grid.endSlot(ends[i]) - slots[i], 1, LENGTH_MAX);
          lengths[slot] = Math.max(lengths[slot], length);
          lowest[slot] = Math.min(lowest[slot], pitch);
          for (int at = slot + WINDOW; at < slot + WINDOW + length; at++) {
            classes[at] |= 1 << pitch % CLASSES;
          }
        }
      }
    }
    return size;
  }

  /** Makes each set that of the window which begins there. */
  private void widenClasses(int size) {
    for (int i = 0; i < size + 2 * WINDOW; i++) {
      classes[i] |= classes[i + 1];
    }
    for (int i = 0; i < size + 2 * WINDOW; i++) {
      classes[i] |= classes[i + 2];
    }
  }

  private float novelty(int slot) {
    int before = classes[slot];
    int after = classes[slot + WINDOW];
    int product = Integer.bitCount(before) * Integer.bitCount(after);
    return product == 0 ? 0 : (float) (1 - Integer.bitCount(before & after) / PRODUCT_ROOTS[product]);
  }

  private void correlate(int row, int size) {
    float mean = 0;
    for (int i = 0; i < size; i++) {
      mean += signal[i];
    }
    mean /= size;
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
    for (int i = 0; i < size; i++) {
      all += Long.bitCount(pitches[i]);
    }
    for (int i = 0; i < LAGS.length; i++) {
      int lag = LAGS[i];
      int equal = 0;
      for (int slot = lag; slot < size; slot++) {
        equal += Long.bitCount(pitches[slot] & pitches[slot - lag]);
      }
      values[COUNT - LAGS.length + i] = (float) equal / all;
    }
  }
}
