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

  private static final int FINE = 480;
  private static final int FINE_A_SLOT = FINE / SLOTS_A_QUARTER;
  private static final int FINE_A_TRIPLET = FINE / 6;
  private static final int PHASES = 48;
  private static final int FINE_A_PHASE = FINE / PHASES;
  private static final int SIXTEENTHS_A_WHOLE = 16;
  private static final int FOUR_FOUR = 4 << 8 | 4;
  private static final int KEEP = 1 << 18;
  /** Far above what binary fractions lose, far below the distance of two ticks. */
  private static final double ROUNDING = 1e-6;
  private static final double HALF = 0.5 + ROUNDING;
  /** In fine steps: beyond all slots, and with some more an int. */
  private static final int FAR = FINE << 21;
  /** Of the mean resultant of the onsets' phases; chance gives about .9 divided by the root of their number. */
  private static final double RESULTANT_MIN = 0.3;
  private static final int[] HARMONICS = {1, 2, 3, 4, 6};
  /** Of each harmonic in turn, at each phase. */
  private static final double[] COSINES = waves(0);
  private static final double[] SINES = waves(PHASES - PHASES / 4);
  private static final int[] DISTANCES = distances();

  /** One more than the last bar's end, which no slot reaches. */
  private final int[] starts = new int[BARS_MAX + 2];
  private final int[] firstNotes = new int[BARS_MAX + 1];
  private final int[] signatures = new int[BARS_MAX];
  /** How many notes begin half a slot before a quarter, and so many fine steps later. */
  private final int[] fine = new int[FINE];
  private final double[] phases = new double[PHASES];
  private int[] slots = {};
  private int[] slotsByOnset = {};
  private int[] momentSlots = {};
  private int bars;
  private int size;
  private int end;
  private long firstSlot;
  private double firstBarTick;
  private double slotsPerTick;
  private double endShift;
  private double deviation;
  private boolean isFollowed;

  /** Lays out a score; without notes, or with SMPTE division, there are no bars. */
  void build(Score score, Extent extent, NotesByOnset notes) {
    bars = score.isSmpte() ? Analysis.UNKNOWN : 0;
    size = 0;
    starts[0] = 0;
    deviation = Double.NaN;
    isFollowed = false;
    if (score.isSmpte() || score.noteCount() == 0) return;
    slotsPerTick = (double) SLOTS_A_QUARTER / score.division();
    layBars(score, extent);
    end = starts[size];
    endShift = firstSlot - (1 - ROUNDING);
    place(notes, (double) FINE / score.division());
    measurePhases(notes.count());
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

  /** The slot in which the last bar ends. */
  int end() { return end; }

  /** Of each note of the score, counted from the first bar's begin; {@link #end} if it has no place. Longer than the notes. */
  int[] slots() {
    return slots;
  }

  /** The same in the order of {@link NotesByOnset}, of which the first {@link #placed} have a place. */
  int[] slotsByOnset() {
    return slotsByOnset;
  }

  /** The same by moment of {@link NotesByOnset}. */
  int[] momentSlots() { return momentSlots; }

  /** How many notes have a place. */
  int placed() { return firstNotes[size]; }

  /** Of {@link NotesByOnset}, the first that begins in a bar or after it; of the bar after the last: {@link #placed}. */
  int firstNote(int bar) {
    return firstNotes[bar];
  }

  /** The last bar that begins at or before a slot. */
  int barAt(int slot) {
    int found = Arrays.binarySearch(starts, 0, size, slot);
    int bar = found >= 0 ? found : -found - 2;
    while (bar + 1 < size && starts[bar + 1] <= slot) {
      bar++;
    }
    return bar;
  }

  /** The slot in or at whose begin a note ends that ends at this tick. */
  int endSlot(int tick) {
    return Math.min(end, (int) (tick * slotsPerTick - endShift));
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

  private long slotAt(double tick) { return (long) (tick * slotsPerTick + HALF); }

  private void place(NotesByOnset notes, double finePerTick) {
    int count = notes.count();
    if (slots.length < count || (slots.length > KEEP && count <= KEEP)) {
      slots = new int[count + (count >> 1)];
      slotsByOnset = new int[slots.length];
      momentSlots = new int[slots.length];
    }
    placeMoments(notes, placeFinely(notes.momentTicks(), notes.moments(), finePerTick));
    int[] order = notes.order();
    int[] momentOf = notes.momentOf();
    int[] from = momentSlots;
    int[] to = slots;
    int[] toByOnset = slotsByOnset;
    for (int i = 0; i < count; i++) {
      int slot = from[momentOf[i]];
      toByOnset[i] = slot;
      to[order[i]] = slot;
    }
  }

  private void placeMoments(NotesByOnset notes, int offset) {
    int moments = notes.moments();
    int[] firsts = notes.momentNotes();
    Arrays.fill(fine, 0);
    starts[size + 1] = Integer.MAX_VALUE;
    firstNotes[0] = 0;
    int bar = 0;
    for (int i = 0; i < moments; i++) {
      int place = momentSlots[i] + FINE_A_SLOT / 2;
      int nearest = place / FINE_A_SLOT;
      fine[place - (nearest & -SLOTS_A_QUARTER) * FINE_A_SLOT] += firsts[i + 1] - firsts[i];
      int slot = Math.min(end, Math.max(0, nearest - offset));
      momentSlots[i] = slot;
      while (slot >= starts[bar + 1]) {
        firstNotes[++bar] = firsts[i];
      }
    }
    Arrays.fill(firstNotes, bar + 1, Math.max(bar, size) + 1, notes.count());
  }

  /** Makes {@link #momentSlots} the ticks in fine steps from a quarter on; returns how many slots later the bars begin. */
  private int placeFinely(int[] ticks, int count, double finePerTick) {
    int[] places = momentSlots;
    if (ticks[count - 1] * finePerTick < FAR) {
      for (int i = 0; i < count; i++) {
        places[i] = (int) (ticks[i] * finePerTick + HALF);
      }
      return (int) firstSlot;
    }
    // Times of years do not fit into an int: from the first bar on, and of those beyond all bars only the phase.
    long base = (firstSlot & -SLOTS_A_QUARTER) * FINE_A_SLOT;
    for (int i = 0; i < count; i++) {
      long place = (long) (ticks[i] * finePerTick + HALF) - base;
      places[i] = (int) (place < FAR ? place : FAR + place % FINE);
    }
    return (int) (firstSlot & SLOTS_A_QUARTER - 1);
  }

  private void measurePhases(int notes) {
    long distance = 0;
    for (int phase = 0; phase < PHASES; phase++) {
      int count = 0;
      for (int i = phase * FINE_A_PHASE; i < (phase + 1) * FINE_A_PHASE; i++) {
        count += fine[i];
        distance += (long) fine[i] * DISTANCES[i];
      }
      phases[(phase + PHASES - FINE_A_SLOT / 2 / FINE_A_PHASE) % PHASES] = count;
    }
    deviation = (double) distance / notes / FINE;
    for (int wave = 0; wave < HARMONICS.length * PHASES; wave += PHASES) {
      double x = 0;
      double y = 0;
      for (int i = 0; i < PHASES; i++) {
        x += phases[i] * COSINES[wave + i];
        y += phases[i] * SINES[wave + i];
      }
      isFollowed |= x * x + y * y >= RESULTANT_MIN * RESULTANT_MIN * notes * notes;
    }
  }

  private static int[] distances() {
    int[] distances = new int[FINE];
    for (int i = 0; i < FINE; i++) {
      int place = (i + FINE - FINE_A_SLOT / 2) % FINE;
      distances[i] = Math.min(distanceTo(FINE_A_SLOT, place), distanceTo(FINE_A_TRIPLET, place));
    }
    return distances;
  }

  private static int distanceTo(int step, int place) { return Math.min(place % step, step - place % step); }

  private static double[] waves(int shift) {
    double[] values = new double[HARMONICS.length * PHASES];
    for (int i = 0; i < values.length; i++) {
      int phase = (HARMONICS[i / PHASES] * (i % PHASES) + shift) % PHASES;
      values[i] = Math.cos(2 * Math.PI * phase / PHASES);
    }
    return values;
  }

  /** The length of a bar of this signature in slots, at least 1. */
  static int slotsABar(int signature) {
    return Math.max(1, (signature & 0xFF) * SIXTEENTHS_A_WHOLE / (signature >>> 8));
  }
}
