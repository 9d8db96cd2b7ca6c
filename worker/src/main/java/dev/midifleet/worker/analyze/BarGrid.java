package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * Bars by FF 58 (4/4 until the first one), and the place of each note in them in sixteenths ("slots"). A signature that
 * comes inside a bar ends it; one that repeats what stands changes nothing; of several at one tick the first counts. An
 * onset is rounded to 1/480 of a quarter, then to the nearest slot, so that a note played a little before the bar line
 * belongs to the bar that it was meant for.
 *
 * <p>At most {@link #BARS_MAX} bars and about {@link #SLOTS_MAX} slots are laid out, from the bar of the first note on;
 * notes after them have no place. Reused; linear in notes, signatures and bars.
 */
final class BarGrid {
  static final int SLOTS_A_QUARTER = 4;
  static final int BARS_MAX = 4096;
  /** 65,536 quarters: nine hours at 120 BPM. */
  static final int SLOTS_MAX = 1 << 18;
  /** The slot of a note that has no place. */
  static final int NONE = -1;

  private static final int FINE = 480;
  private static final int FINE_A_SLOT = FINE / SLOTS_A_QUARTER;
  private static final int FINE_A_TRIPLET = FINE / 6;
  private static final int PHASES = 48;
  private static final int SIXTEENTHS_A_WHOLE = 16;
  private static final int FOUR_FOUR = 4 << 8 | 4;
  private static final int KEEP = 1 << 18;
  /** Far above what binary fractions lose, far below the distance of two ticks. */
  private static final double ROUNDING = 1e-6;
  /** Of the mean resultant of the onsets' phases; chance gives about .9 divided by the root of their number. */
  private static final double RESULTANT_MIN = 0.3;
  private static final int[] HARMONICS = {1, 2, 3, 4, 6};
  private static final double[] COSINES = cosines();

  private final int[] starts = new int[BARS_MAX + 1];
  private final int[] signatures = new int[BARS_MAX];
  private final int[] fine = new int[FINE];
  private final double[] phases = new double[PHASES];
  private int[] slots = {};
  private int[] barOf = {};
  private int bars;
  private int size;
  private long firstSlot;
  private double firstBarTick;
  private double slotsPerTick;
  private double deviation;
  private boolean isFollowed;

  /** Lays out a score; without notes, or with SMPTE division, there are no bars. */
  void build(Score score, Extent extent) {
    bars = score.isSmpte() ? Analysis.UNKNOWN : 0;
    size = 0;
    deviation = Double.NaN;
    isFollowed = false;
    if (score.isSmpte() || score.noteCount() == 0) return;
    slotsPerTick = (double) SLOTS_A_QUARTER / score.division();
    layBars(score, extent);
    place(score);
    measurePhases(score.noteCount());
  }

  /** All bars from tick 0 to the end of the last note, the last one begun counted; UNKNOWN with SMPTE division. */
  int bars() {
    return bars;
  }

  /** The bars that are laid out. */
  int size() { return size; }

  /** The slot in which a bar begins, counted from the first bar's; of the bar after the last: where that ends. */
  int start(int bar) {
    return starts[bar];
  }

  /** Numerator, and denominator from bit 8 on. */
  int signature(int bar) { return signatures[bar]; }

  /** The tick in which the first bar laid out begins. */
  double firstBarTick() { return firstBarTick; }

  /** Of each note, counted from the first bar's begin; {@link #NONE} for one without a place. Longer than the notes. */
  int[] slots() {
    return slots;
  }

  /** The bar of each note that has a place. */
  int[] barOf() { return barOf; }

  /** The slot in or at whose begin a note ends that ends at this tick. */
  int endSlot(int tick) {
    return (int) Math.min(starts[size], (long) Math.ceil(tick * slotsPerTick - ROUNDING) - firstSlot);
  }

  /**
   * Whether the notes follow the beat of the ticks, exactly or as a player follows a click: the onsets' phases in the
   * quarter, its half, third, fourth or sixth are not spread evenly (mean resultant, as in circular statistics).
   */
  boolean isFollowed() { return isFollowed; }

  /** Mean distance of the onsets from the nearest sixteenth or triplet eighth in quarters; NaN without bars. */
  double deviation() {
    return deviation;
  }

  private void layBars(Score score, Extent extent) {
    EventList changes = score.timeSignatures();
    int signature = FOUR_FOUR;
    int begin = 0;
    long count = 0;
    for (int i = 0; i < changes.size() && changes.tick(i) < extent.lastTick(); i++) {
      boolean isSecond = i > 0 && changes.tick(i) == changes.tick(i - 1);
      if (isSecond || changes.value(i) == signature) continue;
      count += laySegment(score, extent, begin, changes.tick(i), signature);
      begin = changes.tick(i);
      signature = changes.value(i);
    }
    count += laySegment(score, extent, begin, extent.lastTick(), signature);
    bars = (int) Math.min(Integer.MAX_VALUE, count);
  }

  private long laySegment(Score score, Extent extent, int begin, int end, int signature) {
    double length = 4.0 * score.division() * (signature & 0xFF) / (signature >>> 8);
    long count = (long) Math.ceil((end - begin) / length - ROUNDING);
    if (end <= extent.firstTick()) return count;
    long bar = size == 0 ? (long) (Math.max(0, extent.firstTick() - begin) / length) : 0;
    if (size == 0) {
      firstBarTick = begin + bar * length;
      firstSlot = slotAt(firstBarTick);
    }
    for (; bar < count && size < BARS_MAX; bar++) {
      long slot = slotAt(begin + bar * length) - firstSlot;
      long next = slotAt(begin + (bar + 1) * length) - firstSlot;
      if (next > SLOTS_MAX) break;
      starts[size] = (int) slot;
      signatures[size++] = signature;
      starts[size] = (int) next;
    }
    return count;
  }

  private long slotAt(double tick) { return (long) (tick * slotsPerTick + 0.5 + ROUNDING); }

  private void place(Score score) {
    int notes = score.noteCount();
    if (slots.length < notes || (slots.length > KEEP && notes <= KEEP)) {
      slots = new int[notes + (notes >> 1)];
      barOf = new int[slots.length];
    }
    Arrays.fill(fine, 0);
    int[] onsets = score.onsets();
    double finePerTick = (double) FINE / score.division();
    for (int track = 0; track < score.trackCount(); track++) {
      int bar = 0;
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end; i++) {
        long place = (long) (onsets[i] * finePerTick + 0.5 + ROUNDING);
        fine[(int) (place % FINE)]++;
        long slot = Math.max(0, (place + FINE_A_SLOT / 2) / FINE_A_SLOT - firstSlot);
        if (size == 0 || slot >= starts[size]) {
          slots[i] = NONE;
        } else {
          if (slot >= starts[bar + 1]) {
            bar = find(bar + 1, (int) slot);
          }
          slots[i] = (int) slot;
          barOf[i] = bar;
        }
      }
    }
  }

  /** The last bar that begins at or before a slot, not before the bar given. */
  private int find(int from, int slot) {
    int bar = from;
    if (slot >= starts[bar + 1]) {
      int found = Arrays.binarySearch(starts, bar, size, slot);
      bar = found >= 0 ? found : -found - 2;
    }
    while (bar + 1 < size && starts[bar + 1] <= slot) {
      bar++;
    }
    return bar;
  }

  private void measurePhases(int notes) {
    Arrays.fill(phases, 0);
    long distance = 0;
    for (int i = 0; i < FINE; i++) {
      if (fine[i] == 0) continue;
      phases[i * PHASES / FINE] += fine[i];
      distance += (long) fine[i] * Math.min(distanceTo(FINE_A_SLOT, i), distanceTo(FINE_A_TRIPLET, i));
    }
    deviation = (double) distance / notes / FINE;
    for (int harmonic : HARMONICS) {
      double x = 0;
      double y = 0;
      for (int i = 0; i < PHASES; i++) {
        x += phases[i] * COSINES[harmonic * i % PHASES];
        y += phases[i] * COSINES[(harmonic * i + PHASES - PHASES / 4) % PHASES];
      }
      isFollowed |= x * x + y * y >= RESULTANT_MIN * RESULTANT_MIN * notes * notes;
    }
  }

  private static int distanceTo(int step, int place) { return Math.min(place % step, step - place % step); }

  private static double[] cosines() {
    double[] values = new double[PHASES];
    for (int i = 0; i < PHASES; i++) {
      values[i] = Math.cos(2 * Math.PI * i / PHASES);
    }
    return values;
  }

  /** The length of a bar of this signature in slots, at least 1. */
  static int slotsABar(int signature) {
    return Math.max(1, (signature & 0xFF) * SIXTEENTHS_A_WHOLE / (signature >>> 8));
  }
}
