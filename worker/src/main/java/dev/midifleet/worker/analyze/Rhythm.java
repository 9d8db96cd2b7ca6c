package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.Score;

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
  private static final int LOOP_BARS_MAX = 8;
  private static final int LOOP_ONSETS_MIN = 4;
  /** Of a quarter. */
  private static final double LOOP_TOLERANCE = 0.125;

  private final OnsetPatterns patterns = new OnsetPatterns();
  private final DrumPatterns drumPatterns = new DrumPatterns();
  private final Syncopation syncopation = new Syncopation();

  void analyze(Score score, NotesByOnset notes, NoteTotals totals, BarGrid grid, Analysis into) {
    into.bars = grid.bars();
    into.noteLengthMeanBeats = score.isSmpte() || totals.pitched() == 0
        ? Double.NaN
        : (double) totals.pitchedTicks() / totals.pitched() / score.division();
    into.isLoop = false;
    into.emptyBeatRate = grid.placed() > 0 ? emptyBeats(notes, grid) : Double.NaN;
    if (grid.size() == 0 || !grid.isFollowed()) {
      into.grooveConsistency = Double.NaN;
      into.drumPatternConsistency = Double.NaN;
      into.syncopation = Double.NaN;
      return;
    }
    patterns.collect(grid, notes.moments());
    into.grooveConsistency = groove(grid);
    boolean hasDrums = totals.pitched() < notes.count();
    into.drumPatternConsistency = hasDrums ? drumPatterns.consistency(notes, grid) : Double.NaN;
    into.syncopation = syncopation.perOnset(score, grid);
    into.isLoop = isLoop(score, grid);
  }

  private static double emptyBeats(NotesByOnset notes, BarGrid grid) {
    int[] slots = grid.slotsByOnset();
    int[] onsets = notes.onsets();
    int[] ends = notes.ends();
    int placed = grid.placed();
    int empty = slots[0] / BarGrid.SLOTS_A_QUARTER;
    int last = ends[0];
    for (int i = 1; i < placed; i++) {
      if (onsets[i] > last) {
        empty += Math.max(0, slots[i] / BarGrid.SLOTS_A_QUARTER - beatsUntil(grid, slots[i - 1], last));
      }
      last = Math.max(last, ends[i]);
    }
    return (double) empty / beatsUntil(grid, slots[placed - 1], last);
  }

  /** Quarters from the first bar on until nothing sounds any more of a note of this slot and one that ends at this tick. */
  private static int beatsUntil(BarGrid grid, int slot, int tick) {
    int end = Math.max(slot + 1, grid.endSlot(tick));
    return (end + BarGrid.SLOTS_A_QUARTER - 1) / BarGrid.SLOTS_A_QUARTER;
  }

  private double groove(BarGrid grid) {
    double sum = 0;
    for (int bar = 1; bar < grid.size(); bar++) {
      sum += 1 - patterns.distance(grid, bar - 1, bar);
    }
    return grid.size() > 1 ? sum / (grid.size() - 1) : Double.NaN;
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
