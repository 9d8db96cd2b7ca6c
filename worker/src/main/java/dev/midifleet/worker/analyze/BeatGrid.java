package dev.midifleet.worker.analyze;

import dev.midifleet.worker.score.EventList;
import dev.midifleet.worker.score.Score;
import dev.midifleet.worker.score.TempoMap;
import java.util.Arrays;

/**
 * Beats to look at harmony by: a quarter note, or three eighths where the first FF 58 counts eighths by threes; doubled
 * while it lasts less than 0.3 s on average and halved while it lasts more than 1.5 s; half a second where ticks are parts
 * of SMPTE frames. Recordings are often shifted against their tick grid, so beats begin where onsets are most: the phase
 * (of 24) with the greatest sum of note lengths, low notes twice, among at most 1,024 notes. At most {@link #BEATS_MAX} beats
 * from the first note on; what comes later plays no part.
 */
final class BeatGrid {
  static final int BEATS_MAX = 4096;

  private static final int PHASES = 24;
  private static final int SAMPLE = 1024;
  private static final int LOW = 52;
  private static final double LENGTH_MAX = 2;
  private static final double SECONDS_MIN = 0.3;
  private static final double SECONDS_MAX = 1.5;
  private static final double SECONDS_SMPTE = 0.5;
  private static final int DOUBLINGS_MAX = 32;
  private static final int EIGHTH = 8;

  private final double[] phases = new double[PHASES];
  private double ticks;
  private double start;
  private int count;

  /** Needs at least one note. */
  void measure(Score score, Extent extent) {
    ticks = beatTicks(score, extent);
    double phase = phase(score) * ticks / PHASES;
    start = Math.floor((extent.firstTick() - phase) / ticks) * ticks + phase;
    count = (int) Math.clamp(Math.ceil((extent.lastTick() - start) / ticks), 1, BEATS_MAX);
  }

  /** Length of a beat. */
  double ticks() { return ticks; }

  /** Where the first beat begins: at most one beat before the first note, perhaps before tick 0. */
  double start() {
    return start;
  }

  /** 1 to {@link #BEATS_MAX}. */
  int count() { return count; }

  /** Where a beat begins, in whole ticks. */
  int tick(int beat) {
    return (int) Math.min(Integer.MAX_VALUE, Math.max(0, Math.round(start + beat * ticks)));
  }

  private static double beatTicks(Score score, Extent extent) {
    TempoMap map = score.tempoMap();
    if (score.isSmpte()) return Math.max(1, SECONDS_SMPTE / map.secondsPerTick(0));
    double beat = score.division();
    EventList times = score.timeSignatures();
    if (!times.isEmpty() && times.value(0) >>> 8 == EIGHTH && (times.value(0) & 0xFF) % 3 == 0) {
      beat *= 1.5;
    }
    int span = extent.lastTick() - extent.firstTick();
    double seconds = span == 0 ? 1 : extent.seconds() / span * beat;
    for (int i = 0; i < DOUBLINGS_MAX && seconds < SECONDS_MIN; i++) {
      seconds *= 2;
      beat *= 2;
    }
    for (int i = 0; i < DOUBLINGS_MAX && seconds > SECONDS_MAX && beat >= 2; i++) {
      seconds /= 2;
      beat /= 2;
    }
    return beat;
  }

  private int phase(Score score) {
    Arrays.fill(phases, 0);
    int[] onsets = score.onsets();
    int[] ends = score.ends();
    int[] voices = score.voices();
    int step = 1 + score.noteCount() / SAMPLE;
    for (int i = 0; i < score.noteCount(); i += step) {
      int voice = voices[i];
      if (Score.isDrum(voice)) continue;
      double beats = onsets[i] / ticks;
      double length = Math.min(LENGTH_MAX, (ends[i] - onsets[i]) / ticks);
      int phase = (int) ((beats - Math.floor(beats)) * PHASES + 0.5) % PHASES;
      phases[phase] += Score.pitch(voice) < LOW ? 2 * length : length;
    }
    int best = 0;
    double most = 0;
    for (int i = 0; i < PHASES; i++) {
      double weight = 2 * phases[i] + phases[(i + 1) % PHASES] + phases[(i + PHASES - 1) % PHASES];
      if (weight > most) {
        most = weight;
        best = i;
      }
    }
    return best;
  }
}
