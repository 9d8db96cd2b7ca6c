package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
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
  /** Of the onsets, on the grid of sixteenths and of triplets of eighths. */
  private static final double ON_GRID_SHARE = 0.5;
  private static final double GRID_TOLERANCE = 0.01;

  private final TempoEstimator estimator;
  private final boolean fromNotes;
  private final JsonText json = new JsonText();

  Tempo(TempoEstimator estimator, boolean fromNotes) {
    this.estimator = estimator;
    this.fromNotes = fromNotes;
  }

  void analyze(Score score, Extent extent, Analysis into) {
    TempoMap map = score.tempoMap();
    into.hasTempoChanges = map.size() > 1;
    into.tempoChangeCount = map.size() - 1;
    into.tempoChanges = changes(map);
    range(score, extent, into);
    if (fromNotes || saysNothing(score)) {
      boolean isEstimable = fromNotes || !isOnGrid(score);
      estimate(isEstimable && estimator.estimate(score, extent), into);
      return;
    }
    double quarters = (extent.lastTick() - extent.firstTick()) / (double) score.division();
    double seconds = extent.seconds();
    into.tempoBpm = seconds > 0 ? 60 * quarters / seconds : map.bpm(map.segmentAt(extent.firstTick()));
    into.tempoSource = TempoSource.MAP;
    boolean isDefault = map.size() == 1 && map.micros(0) == TempoMap.DEFAULT_MICROS;
    into.bpmConfidence = isDefault ? CONFIDENCE_MAP_DEFAULT : CONFIDENCE_MAP;
  }

  private void estimate(boolean succeeded, Analysis into) {
    into.tempoBpm = succeeded ? estimator.bpm() : DEFAULT_BPM;
    into.bpmConfidence = succeeded ? estimator.confidence() : CONFIDENCE_NONE;
    into.tempoSource = succeeded ? TempoSource.ESTIMATED : TempoSource.SMF_DEFAULT;
  }

  private static boolean saysNothing(Score score) {
    if (score.isSmpte() || score.tempoEventCount() == 0) return true;
    EventList tempos = score.tempos();
    return score.tempoEventCount() == 1 && tempos.value(tempos.size() - 1) == TempoMap.DEFAULT_MICROS
        && !isOnGrid(score);
  }

  /** Whether at least half of the onsets lie on sixteenths or on triplets of eighths, within a hundredth of a quarter. */
  static boolean isOnGrid(Score score) {
    if (score.isSmpte()) return false;
    int division = score.division();
    int[] onsets = score.onsets();
    int count = score.noteCount();
    int onGrid = 0;
    for (int i = 0; i < count; i++) {
      double quarters = (double) onsets[i] / division;
      double sixteenths = Math.abs(quarters * 4 - Math.rint(quarters * 4)) / 4;
      double triplets = Math.abs(quarters * 6 - Math.rint(quarters * 6)) / 6;
      if (Math.min(sixteenths, triplets) <= GRID_TOLERANCE) {
        onGrid++;
      }
    }
    return onGrid >= ON_GRID_SHARE * count;
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

  private @Nullable String changes(TempoMap map) {
    if (map.size() == 1) return null;
    json.clear().raw("[");
    for (int i = 0; i < Math.min(map.size(), FactColumns.CHANGES_MAX); i++) {
      json.comma().raw("{\"tick\":").number(map.tick(i)).raw(",\"second\":").decimal(map.second(i)).raw(",\"bpm\":")
          .decimal(map.bpm(i)).raw("}");
    }
    return json.raw("]").text();
  }
}
