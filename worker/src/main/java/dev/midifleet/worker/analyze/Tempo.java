package dev.midifleet.worker.analyze;

import dev.midifleet.worker.analyze.kernel.Kernels;
import dev.midifleet.worker.analyze.tempo.TempoCandidates;
import dev.midifleet.worker.analyze.tempo.TempoChoice;
import dev.midifleet.worker.analyze.tempo.TempoModel;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import org.jspecify.annotations.Nullable;

/**
 * The tempo: quarter notes divided by seconds between the first note's beginning and the last one's end, over the merged
 * tempo map. The map says nothing where there is no tempo event, or only one of exactly 120 and notes off the tick grid (a
 * recording that nobody told the tempo), or where ticks are parts of SMPTE frames. Then the tempo is estimated from the
 * notes if they are off the grid, and the default 120 if they are on it.
 */
final class Tempo {
  private static final double DEFAULT_BPM = 120;
  private static final double CONFIDENCE_MAP = 0.9;
  private static final double CONFIDENCE_MAP_DEFAULT = 0.5;
  private static final double CONFIDENCE_NONE = 0.1;
  /** Notes are played, not written, where fewer of their onsets are on the tick grid. */
  private static final double ON_GRID_SHARE = 0.5;
  private static final double MICROS_A_SECOND = 1e6;

  private final TempoCandidates candidates;
  private final TempoChoice choice;
  private final boolean fromNotes;
  private final TickGrid grid = new TickGrid();
  private final PackedRows packed = new PackedRows();

  Tempo(boolean fromNotes, Kernels kernels) {
    this.fromNotes = fromNotes;
    candidates = new TempoCandidates(kernels);
    choice = new TempoChoice(kernels);
  }

  void analyze(Score score, NotesByOnset notes, Extent extent, Analysis into) {
    TempoMap map = score.tempoMap();
    into.hasTempoChanges = map.size() > 1;
    into.tempoChangeCount = map.size() - 1;
    into.tempoChanges = changes(map);
    range(score, extent, into);
    into.bpmOctaveAlternative = Double.NaN;
    grid.measure(score, notes, extent.lastTick());
    boolean isOnGrid = grid.quantizedShare() >= ON_GRID_SHARE;
    boolean saysNothing = saysNothing(score, isOnGrid);
    into.quantizedShare = grid.quantizedShare();
    into.isPerformance = Double.isNaN(grid.quantizedShare()) ? null : (Boolean) !isOnGrid;
    into.swingRatio = saysNothing && !isOnGrid ? Double.NaN : grid.swingRatio();
    if (fromNotes || saysNothing) {
      boolean isEstimable = fromNotes || !isOnGrid;
      estimate(isEstimable ? candidates.find(score, extent.firstSecond()) : 0, into);
      return;
    }
    double quarters = (extent.lastTick() - extent.firstTick()) / (double) score.division();
    double seconds = extent.seconds();
    into.tempoBpm = seconds > 0 ? 60 * quarters / seconds : map.bpm(map.segmentAt(extent.firstTick()));
    into.tempoSource = TempoSource.MAP;
    boolean isDefault = map.size() == 1 && map.micros(0) == TempoMap.DEFAULT_MICROS;
    into.bpmConfidence = isDefault ? CONFIDENCE_MAP_DEFAULT : CONFIDENCE_MAP;
  }

  private void estimate(int count, Analysis into) {
    if (count == 0) {
      into.tempoBpm = DEFAULT_BPM;
      into.bpmConfidence = CONFIDENCE_NONE;
      into.tempoSource = TempoSource.SMF_DEFAULT;
      return;
    }
    choice.choose(Shipped.MODEL, candidates.features(), candidates.bpms(), count);
    into.tempoBpm = choice.bpm();
    into.bpmConfidence = choice.confidence();
    into.bpmOctaveAlternative = choice.octaveAlternative();
    into.tempoSource = TempoSource.ESTIMATED;
  }

  private static boolean saysNothing(Score score, boolean isOnGrid) {
    if (score.isSmpte() || score.tempoEventCount() == 0) return true;
    // Of the map, not of the last event: in format 2 each track but the first begins with a tempo that is no event.
    TempoMap map = score.tempoMap();
    return score.tempoEventCount() == 1 && map.size() == 1 && map.micros(0) == TempoMap.DEFAULT_MICROS && !isOnGrid;
  }

  private static void range(Score score, Extent extent, Analysis into) {
    TempoMap map = score.tempoMap();
    if (score.tempoEventCount() == 0 || map.isSmpte()) {
      into.bpmInitial = Double.NaN;
      into.bpmMin = Double.NaN;
      into.bpmMax = Double.NaN;
      return;
    }
    int segment = map.segmentAt(extent.firstTick());
    into.bpmInitial = map.bpm(segment);
    double min = into.bpmInitial;
    double max = min;
    for (segment++; segment < map.size() && map.tick(segment) < extent.lastTick(); segment++) {
      min = Math.min(min, map.bpm(segment));
      max = Math.max(max, map.bpm(segment));
    }
    into.bpmMin = min;
    into.bpmMax = max;
  }

  private byte @Nullable [] changes(TempoMap map) {
    if (map.size() == 1) return null;
    packed.clear();
    for (int i = 0; i < Math.min(map.size(), FactColumns.CHANGES_MAX); i++) {
      packed.tempo(map.tick(i), Math.round(map.second(i) * MICROS_A_SECOND), map.micros(i));
    }
    return packed.bytes();
  }

  /** Read when it is first needed: the program that trains it does without. */
  private static final class Shipped {
    static final TempoModel MODEL = TempoModel.shipped();
  }
}
