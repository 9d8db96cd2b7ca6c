package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.RadixSort;
import dev.midifleet.worker.score.Score;
import java.util.Arrays;

/**
 * How the notes lie in the bars of {@link BarGrid}. What compares places needs notes that follow the ticks' beat, and is
 * NULL where they do not.
 *
 * <pre>
 * groove_consistency        1 - mean Hamming distance of the onset patterns of neighbouring bars, divided by their length
 *                           in sixteenths (the longer one's): MusPy's definition (Dong et al. 2020, after Wu and Yang
 *                           2020) at a resolution of a sixteenth
 * drum_pattern_consistency  mean of shared / all (onset, drum key) of neighbouring bars, where either has drums
 * syncopation               Longuet-Higgins and Lee 1984, as counted by Fitch and Rosenfeld 2007: an onset with no other
 *                           of its part on a stronger place before the next one counts the levels between the two; sum
 *                           divided by the number of onsets that are followed by another. A part is a channel of a track
 * empty_beat_rate           share of the quarters from the first note's bar to the end of the last note in which no note
 *                           sounds, as in MusPy; a note without length sounds where it begins
 * </pre>
 */
final class Rhythm {
  private static final int CHANNELS = 16;
  private static final int KEY_BITS = 7;
  private static final int PLACE_BITS = 12;
  private static final int LAST_PLACE = (1 << PLACE_BITS) - 1;
  private static final int BEATS_KEEP = 1 << 14;
  private static final int KEEP = 1 << 18;
  private static final int LOOP_BARS_MAX = 8;
  private static final int LOOP_ONSETS_MIN = 4;
  /** Of a quarter. */
  private static final double LOOP_TOLERANCE = 0.125;

  private final RadixSort sort = new RadixSort();
  private final Accents accents = new Accents();
  private final OnsetPatterns patterns = new OnsetPatterns();
  private final int[] lastSlot = new int[CHANNELS];
  private final int[] lastBar = new int[CHANNELS];
  private int[] beats = {};
  private int[] drums = {};

  void analyze(Score score, BarGrid grid, Analysis into) {
    into.bars = grid.bars();
    into.noteLengthMeanBeats = noteLength(score);
    into.isLoop = false;
    into.emptyBeatRate = grid.size() > 0 ? emptyBeats(score, grid) : Double.NaN;
    if (grid.size() == 0 || !grid.isFollowed()) {
      into.grooveConsistency = Double.NaN;
      into.drumPatternConsistency = Double.NaN;
      into.syncopation = Double.NaN;
      return;
    }
    patterns.collect(score, grid);
    into.grooveConsistency = groove(grid);
    into.drumPatternConsistency = drumPatterns(score, grid);
    into.syncopation = syncopation(score, grid);
    into.isLoop = isLoop(score, grid);
  }

  private static double noteLength(Score score) {
    if (score.isSmpte()) return Double.NaN;
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    long ticks = 0;
    int count = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      int pitched = Score.isDrum(voices[i]) ? 0 : 1;
      ticks += (long) pitched * (ends[i] - onsets[i]);
      count += pitched;
    }
    return count > 0 ? (double) ticks / count / score.division() : Double.NaN;
  }

  private double emptyBeats(Score score, BarGrid grid) {
    int room = grid.start(grid.size()) / BarGrid.SLOTS_A_QUARTER + 2;
    if (beats.length < room || (beats.length > BEATS_KEEP && room <= BEATS_KEEP)) {
      beats = new int[room + (room >> 1)];
    } else {
      Arrays.fill(beats, 0, room, 0);
    }
    int[] slots = grid.slots();
    int[] ends = score.ends();
    int last = 0;
    for (int i = 0; i < score.noteCount(); i++) {
      if (slots[i] == BarGrid.NONE) continue;
      int end = Math.max(slots[i] + 1, grid.endSlot(ends[i]));
      beats[slots[i] / BarGrid.SLOTS_A_QUARTER]++;
      beats[(end - 1) / BarGrid.SLOTS_A_QUARTER + 1]--;
      last = Math.max(last, end);
    }
    int count = (last + BarGrid.SLOTS_A_QUARTER - 1) / BarGrid.SLOTS_A_QUARTER;
    int empty = 0;
    int sounding = 0;
    for (int i = 0; i < count; i++) {
      sounding += beats[i];
      empty += sounding == 0 ? 1 : 0;
    }
    return count > 0 ? (double) empty / count : Double.NaN;
  }

  private double groove(BarGrid grid) {
    double sum = 0;
    for (int bar = 1; bar < grid.size(); bar++) {
      sum += 1 - patterns.distance(grid, bar - 1, bar);
    }
    return grid.size() > 1 ? sum / (grid.size() - 1) : Double.NaN;
  }

  private double drumPatterns(Score score, BarGrid grid) {
    int count = sortedDrums(score, grid);
    double sum = 0;
    int pairs = 0;
    int begin = 0;
    int before = 0;
    int barBefore = -2;
    while (begin < count) {
      int bar = drums[begin] >>> (KEY_BITS + PLACE_BITS);
      int end = begin;
      while (end < count && drums[end] >>> (KEY_BITS + PLACE_BITS) == bar) {
        end++;
      }
      boolean areNeighbours = barBefore == bar - 1;
      if (areNeighbours) {
        int shared = shared(before, begin, end);
        sum += (double) shared / (end - before - shared);
      }
      // The bar before this group's, and the one after the last group's, have none: pairs without a shared hit.
      pairs += barBefore < 0 ? (bar > 0 ? 1 : 0) : (areNeighbours ? 1 : 2);
      before = begin;
      barBefore = bar;
      begin = end;
    }
    pairs += barBefore >= 0 && barBefore < grid.size() - 1 ? 1 : 0;
    return pairs > 0 ? sum / pairs : Double.NaN;
  }

  /** The drum notes as bar, place and key, sorted, each once. */
  private int sortedDrums(Score score, BarGrid grid) {
    int notes = score.noteCount();
    if (drums.length > KEEP && notes <= KEEP) {
      drums = new int[0];
      sort.trim(KEEP);
    }
    int[] slots = grid.slots();
    int[] voices = score.voices();
    int count = 0;
    for (int i = 0; i < notes; i++) {
      if (!Score.isDrum(voices[i]) || slots[i] == BarGrid.NONE) continue;
      if (count == drums.length) {
        drums = Arrays.copyOf(drums, Math.max(1024, count * 2));
      }
      int bar = grid.barOf()[i];
      int place = Math.min(LAST_PLACE, slots[i] - grid.start(bar));
      drums[count++] = ((bar << PLACE_BITS) | place) << KEY_BITS | Score.pitch(voices[i]);
    }
    sort.sort(drums, count);
    int distinct = 0;
    for (int i = 0; i < count; i++) {
      if (distinct == 0 || drums[i] != drums[distinct - 1]) {
        drums[distinct++] = drums[i];
      }
    }
    return distinct;
  }

  /** Of two neighbouring groups of sorted drum notes, those that are equal but for the bar. */
  private int shared(int before, int begin, int end) {
    int mask = (1 << (KEY_BITS + PLACE_BITS)) - 1;
    int shared = 0;
    int left = before;
    int right = begin;
    while (left < begin && right < end) {
      int difference = (drums[left] & mask) - (drums[right] & mask);
      shared += difference == 0 ? 1 : 0;
      left += difference <= 0 ? 1 : 0;
      right += difference >= 0 ? 1 : 0;
    }
    return shared;
  }

  private double syncopation(Score score, BarGrid grid) {
    int[] slots = grid.slots();
    int[] barOf = grid.barOf();
    int[] voices = score.voices();
    long sum = 0;
    int count = 0;
    for (int track = 0; track < score.trackCount(); track++) {
      Arrays.fill(lastSlot, BarGrid.NONE);
      int end = score.firstNote(track + 1);
      for (int i = score.firstNote(track); i < end && slots[i] != BarGrid.NONE; i++) {
        int channel = Score.channel(voices[i]);
        int from = lastSlot[channel];
        if (slots[i] == from) continue;
        lastSlot[channel] = slots[i];
        int bar = lastBar[channel];
        lastBar[channel] = barOf[i];
        if (from != BarGrid.NONE) {
          count++;
          sum += slots[i] > from + 1 ? strength(grid, bar, from, slots[i]) : 0;
        }
      }
    }
    return count > 0 ? (double) sum / count : Double.NaN;
  }

  /** How many levels stronger the strongest place between two onsets is than that of the first; 0 if it is weaker. */
  private int strength(BarGrid grid, int bar, int from, int to) {
    accents.set(grid.signature(bar));
    int place = from - grid.start(bar);
    int level = accents.level(place);
    int between = to > grid.start(bar + 1) ? 0 : accents.levelBetween(place, to - grid.start(bar));
    return Math.max(0, level - between);
  }

  /**
   * Whether it is cut to be repeated, told with care: 1, 2, 4 or 8 bars of one time signature and one tempo; the first note
   * on the first beat of the first bar; the last track's end on a bar line, within a 32nd; four onsets or more; an onset
   * in the last quarter of the last bar, so that it does not close; and, with more than one bar, an earlier bar whose
   * onset pattern shares at least half of its onsets with the last one's.
   */
  private boolean isLoop(Score score, BarGrid grid) {
    int bars = grid.bars();
    if (bars > LOOP_BARS_MAX || bars != grid.size() || Integer.bitCount(bars) != 1) return false;
    int signature = grid.signature(0);
    for (int bar = 1; bar < bars; bar++) {
      if (grid.signature(bar) != signature) return false;
    }
    double end = 4.0 * score.division() * (signature & 0xFF) / (signature >>> 8) * bars;
    boolean isWhole = Math.abs(score.lastTick() - end) <= LOOP_TOLERANCE * score.division();
    if (!isWhole || score.tempoMap().size() > 1 || !patterns.has(0)) return false;
    int last = grid.start(bars) - (grid.start(bars) - grid.start(bars - 1)) / 4;
    boolean goesOn = patterns.count(last, grid.start(bars)) > 0;
    return goesOn && patterns.count(0, grid.start(bars)) >= LOOP_ONSETS_MIN
        && (bars == 1 || patterns.likest(grid, bars - 1) >= 0.5);
  }
}
